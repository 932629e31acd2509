package io.iisnode.process;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether one process has reached one of its limits.
 * <p>
 * Requests, age and memory are staggered: each process has limits of its own, by chance
 * up to a tenth below what is set, so that processes which started together do not reach
 * them together.
 * <p>
 * Knows no clock: callers tell the time as {@link System#nanoTime()} does, which does not
 * jump when somebody sets the clock. Thread-safe.
 */
final class RecyclePolicy {

	/**
	 * So many reports in a row must be above the limit of memory: one peak is no leak.
	 */
	static final int MEMORY_REPORTS = 5;

	/**
	 * A process that reports more memory than this, 1 PiB, does not tell the truth.
	 */
	private static final long ABSURD_MEMORY = 1L << 50;

	private static final double SPREAD = 0.1;

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final ProcessLimits limits;

	private final long requestLimit;

	private final long ageLimit;

	private final long memoryLimit;

	private final long silenceLimit;

	private final int memoryReports;

	private final long startedAt;

	private long heardAt;

	/**
	 * Whether it will be heard of: not before its first words, nor without reports.
	 */
	private boolean reporting;

	private boolean mute;

	private int reportsAboveMemory;

	private boolean everBelowMemory;

	private boolean delayed;

	private boolean listening;

	private long listeningSince;

	/**
	 * Creates the policy of a process that starts now.
	 * @param limits as they are set
	 * @param reportInterval how often it reports
	 * @param memoryReports reports in a row above the limit of memory that are needed
	 * @param chance from 0 to 1: how far below the limits it goes
	 * @param now the time in nanoseconds
	 */
	RecyclePolicy(ProcessLimits limits, Duration reportInterval, int memoryReports, double chance, long now) {
		double share = 1 - SPREAD * chance;
		this.limits = limits;
		this.memoryReports = memoryReports;
		this.startedAt = now;
		this.requestLimit = (limits.maxRequests() > 0) ? Math.max(1, Math.round(limits.maxRequests() * share)) : 0;
		this.ageLimit = (limits.maxAge() != null) ? (long) (nanos(limits.maxAge()) * share) : 0;
		this.memoryLimit = (long) (limits.maxMemory() * share);
		// A report that is a little late on a busy machine must not count as silence.
		this.silenceLimit = (limits.maxEventLoopDelay() != null)
				? nanos(limits.maxEventLoopDelay()) + 2 * reportInterval.toNanos() : 0;
	}

	/**
	 * A hundred years are enough, and do not overflow.
	 */
	private static long nanos(Duration duration) {
		Duration longest = Duration.ofDays(36_500);
		return ((duration.compareTo(longest) < 0) ? duration : longest).toNanos();
	}

	/**
	 * The number of requests after which it is replaced.
	 * @return 0 if there is no limit
	 */
	long requestLimit() {
		return this.requestLimit;
	}

	/**
	 * The time since its start.
	 */
	Duration age(long now) {
		return Duration.ofNanos(now - this.startedAt);
	}

	/**
	 * The process listens. How its start kept the event loop busy is no fault: the next
	 * one would do the same.
	 */
	synchronized void listening(long now) {
		this.listening = true;
		this.listeningSince = now;
	}

	/**
	 * The process has said something.
	 */
	synchronized void heard(long now) {
		this.reporting = !this.mute;
		this.heardAt = now;
	}

	/**
	 * The process cannot report, so its silence means nothing.
	 */
	synchronized void cannotReport() {
		this.mute = true;
		this.reporting = false;
	}

	/**
	 * The host has not listened for a while, for instance because the machine slept: how
	 * long it has heard nothing means nothing.
	 */
	synchronized void hostWasAway(long now) {
		this.heardAt = now;
	}

	/**
	 * The process reports. What cannot be true counts for nothing.
	 * @param now the time in nanoseconds
	 * @param memory resident memory in bytes
	 * @param longestDelay longest delay of its event loop since its last report, in
	 * milliseconds
	 */
	synchronized void reported(long now, long memory, double longestDelay) {
		if (this.memoryLimit > 0 && memory > 0 && memory < ABSURD_MEMORY) {
			boolean above = memory > this.memoryLimit;
			this.reportsAboveMemory = above ? this.reportsAboveMemory + 1 : 0;
			this.everBelowMemory = this.everBelowMemory || !above;
		}
		Duration maxDelay = this.limits.maxEventLoopDelay();
		double delay = longestDelay * NANOS_PER_MILLI;
		// A longer one has begun before it listened.
		if (maxDelay != null && delay > nanos(maxDelay) && this.listening && delay <= now - this.listeningSince) {
			this.delayed = true;
		}
	}

	/**
	 * Whether the process has been silent for so long that its event loop must be stuck.
	 */
	synchronized boolean isStuck(long now) {
		return this.silenceLimit > 0 && this.reporting && now - this.heardAt > this.silenceLimit;
	}

	/**
	 * Whether a limit is reached.
	 * @param requests how many it has had
	 * @return the reason to replace it, or null
	 */
	synchronized @Nullable RecycleReason exceeded(long now, long requests) {
		if (this.delayed) {
			return RecycleReason.EVENT_LOOP_DELAY;
		}
		if (this.memoryLimit > 0 && this.reportsAboveMemory >= this.memoryReports) {
			return RecycleReason.MAX_MEMORY;
		}
		if (this.requestLimit > 0 && requests >= this.requestLimit) {
			return RecycleReason.MAX_REQUESTS;
		}
		if (this.ageLimit > 0 && now - this.startedAt >= this.ageLimit) {
			return RecycleReason.MAX_AGE;
		}
		return null;
	}

	/**
	 * Whether a new process would be as large: this one has never been below the limit.
	 */
	synchronized boolean isMemoryLimitInVain() {
		return !this.everBelowMemory;
	}

}
