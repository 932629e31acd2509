package io.iisnode.watch;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Waits until changes have come to rest, but not for ever. Times are those of
 * {@link System#nanoTime()}. Safe for use by several threads.
 */
final class Settling {

	private final long quietNanos;

	private final long maxNanos;

	private @Nullable Unrest unrest;

	Settling(Duration quietPeriod, Duration maxDelay) {
		this.quietNanos = quietPeriod.toNanos();
		this.maxNanos = maxDelay.toNanos();
	}

	/**
	 * Something changed.
	 * @param now when
	 * @return whether all was quiet before
	 */
	synchronized boolean changed(long now) {
		Unrest previous = this.unrest;
		this.unrest = new Unrest((previous != null) ? previous.first() : now, now);
		return previous == null;
	}

	/**
	 * Takes the changes that have come to rest, or that have waited long enough.
	 * @param now the present
	 * @return them, or null if there are none
	 */
	synchronized @Nullable Unrest take(long now) {
		Unrest current = this.unrest;
		if (current == null || remaining(current, now) > 0) {
			return null;
		}
		this.unrest = null;
		return current;
	}

	/**
	 * Puts back changes that have not come to rest after all.
	 * @param taken what {@link #take} has given
	 * @param now when the last change was seen
	 */
	synchronized void putBack(Unrest taken, long now) {
		this.unrest = new Unrest(taken.first(), now);
	}

	/**
	 * Whether changes have waited for as long as they may.
	 */
	boolean isOverdue(Unrest taken, long now) {
		return now - taken.first() >= this.maxNanos;
	}

	/**
	 * Time until there is something to take.
	 * @param now the present
	 * @return nanoseconds, 0 or less if there is now; {@link Long#MAX_VALUE} if all is
	 * quiet
	 */
	synchronized long remaining(long now) {
		return (this.unrest != null) ? remaining(this.unrest, now) : Long.MAX_VALUE;
	}

	private long remaining(Unrest current, long now) {
		return Math.min(current.last() + this.quietNanos - now, current.first() + this.maxNanos - now);
	}

	/**
	 * Changes that were seen.
	 *
	 * @param first when the first one was seen
	 * @param last when the last one was seen
	 */
	record Unrest(long first, long last) {
	}

}
