package io.iisnode.process;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Planned replacements in a pool: which processes are due, and which one is being
 * replaced. At most one of a pool is out at a time: the next replacement starts only when
 * the one before is ready and its predecessor is gone. One that does not start is tried
 * again, after a delay that doubles from 1 s to 1 min; meanwhile the old process serves.
 * <p>
 * Guarded by the lock of the {@link NodeProcessManager}.
 */
final class Replacements {

	private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

	/** Doubled so often, the delay is about a minute. */
	private static final int MAX_DOUBLINGS = 6;

	/**
	 * Those that are to be replaced, in the order in which that was found.
	 */
	private final Map<NodeProcess, RecycleReason> due = new LinkedHashMap<>();

	private @Nullable Replacement current;

	/**
	 * The process that was replaced last, until it is gone.
	 */
	private @Nullable NodeProcess leaving;

	private int failures;

	private long notBefore;

	/**
	 * A process is to be replaced. The first reason counts.
	 */
	void want(NodeProcess process, RecycleReason reason) {
		this.due.putIfAbsent(process, reason);
	}

	/**
	 * Whether something is due or under way.
	 */
	boolean isBusy() {
		return !this.due.isEmpty();
	}

	/**
	 * The process to replace now. One that is still starting is replaced later.
	 * @return null if none is due, or it must wait
	 */
	@Nullable NodeProcess next(long now, ProcessSlots slots) {
		if (this.current != null || this.leaving != null || slots.has(NodeProcessState.STARTING)
				|| (this.failures > 0 && now - this.notBefore < 0)) {
			return null;
		}
		for (NodeProcess process : this.due.keySet()) {
			if (process.state() == NodeProcessState.READY && slots.contains(process)) {
				return process;
			}
		}
		return null;
	}

	/**
	 * A replacement starts.
	 */
	void begin(NodeProcess old, NodeProcess fresh) {
		this.current = new Replacement(old, fresh, this.due.getOrDefault(old, RecycleReason.REQUESTED_BY_HOST));
	}

	/**
	 * The replacement that is starting, null if there is none.
	 */
	@Nullable NodeProcess fresh() {
		return (this.current != null) ? this.current.fresh() : null;
	}

	/**
	 * A process is ready.
	 * @return what is complete by that, null if it was no replacement
	 */
	@Nullable Replacement complete(NodeProcess ready) {
		Replacement completed = this.current;
		if (completed == null || completed.fresh() != ready) {
			return null;
		}
		this.due.remove(completed.old());
		this.current = null;
		this.leaving = completed.old();
		this.failures = 0;
		return completed;
	}

	/**
	 * A process did not start.
	 * @return what has failed by that, null if it was no replacement
	 */
	@Nullable Replacement failed(NodeProcess process, long now) {
		Replacement failed = this.current;
		if (failed == null || failed.fresh() != process) {
			return null;
		}
		this.notBefore = now + FIRST_DELAY.multipliedBy(1L << Math.min(this.failures, MAX_DOUBLINGS)).toNanos();
		this.failures++;
		this.current = null;
		return failed;
	}

	/**
	 * A process is gone, or has to leave at once, so that nothing needs to be planned for
	 * it.
	 * @return its replacement if that is starting; it gets the place as it is
	 */
	@Nullable NodeProcess cancel(NodeProcess process) {
		this.due.remove(process);
		this.leaving = (process != this.leaving) ? this.leaving : null;
		Replacement cancelled = this.current;
		if (cancelled == null || cancelled.old() != process) {
			return null;
		}
		this.current = null;
		return cancelled.fresh();
	}

	/**
	 * Nothing is replaced any more.
	 * @return the replacement that is starting, null if there is none
	 */
	@Nullable NodeProcess cancelAll() {
		NodeProcess starting = fresh();
		this.due.clear();
		this.current = null;
		return starting;
	}

	/**
	 * A replacement.
	 *
	 * @param old the process that is replaced
	 * @param fresh the process that takes its place as soon as it is ready
	 * @param reason why
	 */
	record Replacement(NodeProcess old, NodeProcess fresh, RecycleReason reason) {
	}

}
