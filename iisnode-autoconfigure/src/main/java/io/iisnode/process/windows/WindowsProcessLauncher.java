package io.iisnode.process.windows;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;

import lombok.extern.slf4j.Slf4j;

import io.iisnode.process.ProcessCommand;
import io.iisnode.process.ProcessLauncher;

/**
 * Starts processes that end with ours, whatever happens to it.
 */
@Slf4j
public final class WindowsProcessLauncher implements ProcessLauncher, AutoCloseable {

	private final JobObject job;

	/**
	 * Creates the launcher and its job object.
	 * @throws IllegalStateException if the system refuses one
	 */
	public WindowsProcessLauncher() {
		try {
			this.job = JobObject.create();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No job object for node processes: " + ex.getMessage(), ex);
		}
	}

	@Override
	public Process launch(ProcessCommand command) throws IOException {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
		ProcessBuilder builder = new ProcessBuilder(CommandLine.of(command.arguments(), path))
			.directory(WorkingFolder.of(command.directory()));
		Map<String, String> environment = builder.environment();
		environment.putAll(command.environment());
		Process process = builder.start();
		try {
			this.job.assign(process.pid());
		}
		catch (IOException ex) {
			if (process.isAlive()) {
				log.warn("Process {} would outlive this one if that were killed: {}", process.pid(), ex.getMessage());
			}
		}
		return process;
	}

	/**
	 * Ends processes that are still running.
	 */
	@Override
	public void close() {
		this.job.close();
	}

}
