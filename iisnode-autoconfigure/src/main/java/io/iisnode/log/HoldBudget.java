package io.iisnode.log;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a stream may still be left unread for a slow disk. Once the pipe is full, node
 * waits on Windows, and with it the event loop; elsewhere the memory of node grows. So it
 * is a short time at once, which comes back at a tenth of the speed at which it is spent.
 * For one thread.
 */
final class HoldBudget {

	private static final int REGAINED_PART = 10;

	private final long most;

	private final LongSupplier nanoTime;

	private long left;

	private long since;

	HoldBudget(Duration most, LongSupplier nanoTime) {
		this.most = most.toNanos();
		this.nanoTime = nanoTime;
		this.left = this.most;
		this.since = nanoTime.getAsLong();
	}

	/**
	 * Begins to hold up.
	 * @return nanoseconds that it may take, 0 if none are left
	 */
	long begin() {
		long now = this.nanoTime.getAsLong();
		this.left = Math.min(this.most, this.left + (now - this.since) / REGAINED_PART);
		this.since = now;
		return Math.max(0, this.left);
	}

	/**
	 * Nanoseconds passed since {@link #begin()}.
	 * @return nanoseconds
	 */
	long elapsed() {
		return this.nanoTime.getAsLong() - this.since;
	}

	/**
	 * Ends what was begun, and takes the time from the budget.
	 */
	void end() {
		long now = this.nanoTime.getAsLong();
		this.left -= now - this.since;
		this.since = now;
	}

}
