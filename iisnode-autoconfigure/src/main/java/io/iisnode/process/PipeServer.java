package io.iisnode.process;

import java.util.Optional;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a process may serve the pipes of one that was started: itself, or one
 * that it has started where it is a script that starts node. Thread-safe.
 */
final class PipeServer implements LongPredicate {

	private final Process started;

	/** Whoever was found below the process that was started. */
	private volatile @Nullable ProcessHandle found;

	PipeServer(Process started) {
		this.started = started;
	}

	/**
	 * Looks for a process. Only the first time that it is another one than was started,
	 * all processes of the machine are gone through, which takes milliseconds.
	 */
	@Override
	public boolean test(long processId) {
		if (processId == this.started.pid()) {
			return true;
		}
		ProcessHandle known = this.found;
		// A handle knows when its process began: another one of the same id is not it.
		if (known != null && known.pid() == processId && known.isAlive()) {
			return true;
		}
		Optional<ProcessHandle> descendant = this.started.descendants()
			.filter((handle) -> handle.pid() == processId)
			.findAny();
		descendant.ifPresent((handle) -> this.found = handle);
		return descendant.isPresent();
	}

}
