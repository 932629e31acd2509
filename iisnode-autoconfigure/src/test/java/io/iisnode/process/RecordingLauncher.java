package io.iisnode.process;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The launcher of the JDK, but remembers what it has started, for tests that look for
 * processes left behind. Give the class to a host as one of its sources.
 */
public final class RecordingLauncher implements ProcessLauncher {

	private final ProcessLauncher launcher = ProcessLauncher.jdk();

	private final Map<Process, ProcessCommand> started = new ConcurrentHashMap<>();

	@Override
	public Process launch(ProcessCommand command) throws IOException {
		Process process = this.launcher.launch(command);
		// Not those that are asked for their version.
		if (command.environment().containsKey("PORT")) {
			this.started.put(process, command);
		}
		return process;
	}

	@Override
	public void ended(Process process) {
		this.launcher.ended(process);
	}

	/**
	 * The processes that were started in a folder.
	 */
	public List<Process> startedIn(String folder) {
		return this.started.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().directory().endsWith(folder))
			.map(Map.Entry::getKey)
			.toList();
	}

}
