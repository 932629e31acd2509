package io.iisnode.process.windows;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import lombok.extern.slf4j.Slf4j;

import io.iisnode.process.ProcessCommand;
import io.iisnode.process.ProcessLauncher;

/**
 * Starts processes that end with ours, whatever happens to it, and take with them what
 * they have started. Thread-safe.
 */
@Slf4j
public final class WindowsProcessLauncher implements ProcessLauncher, AutoCloseable {

	/** Each process in a job of its own, by its id, until it has ended. */
	private final Map<Long, JobObject> jobs = new ConcurrentHashMap<>();

	private volatile boolean closed;

	@Override
	public Process launch(ProcessCommand command) throws IOException {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
		ProcessBuilder builder = new ProcessBuilder(CommandLine.of(command.arguments(), path))
			.directory(WorkingFolder.of(command.directory()));
		Map<String, String> environment = builder.environment();
		environment.putAll(command.environment());
		JobObject job = JobObject.create();
		Process process;
		try {
			process = builder.start();
		}
		catch (IOException | RuntimeException | Error ex) {
			job.close();
			throw ex;
		}
		this.jobs.put(process.pid(), job);
		assign(job, process);
		if (this.closed) {
			// close() may have come before this one was there.
			ended(process);
		}
		return process;
	}

	private static void assign(JobObject job, Process process) {
		try {
			job.assign(process.pid());
		}
		catch (IOException ex) {
			if (process.isAlive()) {
				log.warn("Process {} would outlive this one if that were killed: {}", process.pid(), ex.getMessage());
			}
			return;
		}
		// What it has started before it was in the job: a script may be as fast.
		process.descendants().forEach((descendant) -> {
			try {
				job.assign(descendant.pid());
			}
			catch (IOException ex) {
				log.debug("Process {} is not in the job of process {}", descendant.pid(), process.pid(), ex);
			}
		});
	}

	@Override
	public void ended(Process process) {
		JobObject job = this.jobs.remove(process.pid());
		if (job != null) {
			job.close();
		}
	}

	/**
	 * Ends processes that are still running.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.jobs.values().forEach(JobObject::close);
		this.jobs.clear();
	}

}
