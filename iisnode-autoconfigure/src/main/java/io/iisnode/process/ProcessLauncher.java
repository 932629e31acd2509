package io.iisnode.process;

import java.io.IOException;

/**
 * Starts processes of the operating system.
 */
@FunctionalInterface
public interface ProcessLauncher {

	/**
	 * Starts a process with piped standard streams. Blocks while the operating system
	 * works; never called on an event loop.
	 * @param command what to run: an application, or its executable that is only asked
	 * for its version
	 * @return the running process
	 * @throws IOException if it cannot be started
	 */
	Process launch(ProcessCommand command) throws IOException;

	/**
	 * A process that was launched here has ended: what it has started and left running
	 * may be ended, too. Blocks shortly; never called on an event loop. Does nothing by
	 * default.
	 * @param process the process, not alive any more
	 */
	default void ended(Process process) {
	}

	/**
	 * The launcher of the JDK.
	 * @return a launcher
	 */
	static ProcessLauncher jdk() {
		return (command) -> {
			ProcessBuilder builder = new ProcessBuilder(command.arguments()).directory(command.directory().toFile());
			builder.environment().putAll(command.environment());
			return builder.start();
		};
	}

}
