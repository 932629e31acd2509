package io.iisnode.process;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a process may use up before it is replaced. A limit never costs a request: the
 * replacement is ready before the process takes no more.
 *
 * @param maxRequests requests (<code>max-requests-per-process</code>); 0: no limit
 * @param maxAge time since its start (<code>max-process-age</code>); null: no limit
 * @param maxMemory resident memory in bytes, over several reports
 * (<code>max-memory-per-process</code>); 0: no limit
 * @param maxEventLoopDelay how long its event loop may be stuck
 * (<code>max-event-loop-delay</code>); null: no limit
 */
public record ProcessLimits(long maxRequests, @Nullable Duration maxAge, long maxMemory,
		@Nullable Duration maxEventLoopDelay) {

	/** No limits. */
	public static final ProcessLimits NONE = new ProcessLimits(0, null, 0, null);

	/**
	 * Creates the limits.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ProcessLimits {
		if (maxRequests < 0) {
			throw new IllegalArgumentException(
					"max-requests-per-process must be 0 (no limit) or more, not " + maxRequests);
		}
		if (maxMemory < 0) {
			throw new IllegalArgumentException(
					"max-memory-per-process must be 0 (no limit) or more, not " + maxMemory + " bytes");
		}
		checkPositive("max-process-age", maxAge);
		checkPositive("max-event-loop-delay", maxEventLoopDelay);
	}

	private static void checkPositive(String setting, @Nullable Duration value) {
		if (value != null && (value.isNegative() || value.isZero())) {
			throw new IllegalArgumentException(setting + " must be positive, but is " + value);
		}
	}

	/**
	 * Whether somebody has to look at the processes from time to time.
	 */
	boolean needWatching() {
		return this.maxAge != null || this.maxMemory > 0 || this.maxEventLoopDelay != null;
	}

}
