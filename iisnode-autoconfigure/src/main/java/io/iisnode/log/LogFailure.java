package io.iisnode.log;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import lombok.extern.slf4j.Slf4j;

/**
 * Tells the operator that the output of a process cannot be written: once for each
 * process, however often it fails.
 */
@Slf4j
final class LogFailure {

	private final long pid;

	private final Path folder;

	private final AtomicBoolean reported = new AtomicBoolean();

	LogFailure(long pid, Path folder) {
		this.pid = pid;
		this.folder = folder;
	}

	void report(Throwable failure) {
		if (this.reported.compareAndSet(false, true)) {
			log.warn("Cannot write the output of node process {} to {}: {}. The process goes on and its output is"
					+ " dropped until writing works again. Check that this is a folder which this application may"
					+ " write to and that its disk has space, or set logging-enabled to false.", this.pid, this.folder,
					failure.toString());
		}
		else {
			log.debug("Cannot write the output of node process {} to {}", this.pid, this.folder, failure);
		}
	}

}
