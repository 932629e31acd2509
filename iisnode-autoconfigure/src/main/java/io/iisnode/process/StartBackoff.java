package io.iisnode.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Counts failures of the processes of an application, and suspends starting when there
 * are too many within the window. The first try comes after about 1 s; each one that
 * fails doubles the time to the next, up to 1 min. Of that time the second half is up to
 * chance, so that applications that failed together are not started together.
 * <p>
 * Knows no processes: who uses it tells it what happens, and asks before a start.
 * Thread-safe; never calls out.
 */
final class StartBackoff {

	static final Duration FIRST_DELAY = Duration.ofSeconds(1);

	static final Duration MAX_DELAY = Duration.ofMinutes(1);

	private final RapidFailSettings settings;

	private final LongSupplier nanoTime;

	private final DoubleSupplier random;

	/**
	 * Times of the latest failures, in order; never more than the limit.
	 */
	private final Deque<Long> failures = new ArrayDeque<>();

	private volatile StartState state = StartState.ALLOWED;

	/**
	 * Suspensions since failures were seldom at last.
	 */
	private int suspensions;

	private long nextTry;

	private long recoveredAt;

	StartBackoff(RapidFailSettings settings) {
		this(settings, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * Creates a back-off with its own time and chance.
	 * @param nanoTime the time, as {@link System#nanoTime()} tells it
	 * @param random values from 0 (inclusive) to 1 (exclusive)
	 */
	StartBackoff(RapidFailSettings settings, LongSupplier nanoTime, DoubleSupplier random) {
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.random = random;
	}

	StartState state() {
		return this.state;
	}

	/**
	 * Whether a process may be started because it is needed.
	 */
	boolean mayStart() {
		StartState current = this.state;
		return current == StartState.ALLOWED || current == StartState.RECOVERED;
	}

	/**
	 * A process has ended unexpectedly, or failed to start.
	 * @return the time until {@link #tryAgain()} is due if this has suspended starting,
	 * null if not
	 */
	synchronized @Nullable Duration failed() {
		if (this.settings.limit() == 0 || this.state == StartState.SUSPENDED) {
			return null;
		}
		long now = this.nanoTime.getAsLong();
		if (this.state == StartState.RECOVERED && now - this.recoveredAt >= this.settings.window().toNanos()) {
			reset();
		}
		forgetOld(now);
		if (this.failures.size() == this.settings.limit()) {
			this.failures.removeFirst();
		}
		this.failures.addLast(now);
		if (this.state == StartState.ALLOWED && this.failures.size() < this.settings.limit()) {
			return null;
		}
		Duration delay = nextDelay();
		this.suspensions++;
		this.nextTry = now + delay.toNanos();
		this.state = StartState.SUSPENDED;
		return delay;
	}

	private void forgetOld(long now) {
		long window = this.settings.window().toNanos();
		while (!this.failures.isEmpty() && now - this.failures.getFirst() >= window) {
			this.failures.removeFirst();
		}
	}

	private Duration nextDelay() {
		long longest = MAX_DELAY.toNanos();
		// Six times doubled is the maximum already.
		long delay = Math.min(longest, FIRST_DELAY.toNanos() << Math.min(this.suspensions, 6));
		return Duration.ofNanos(delay / 2 + (long) (this.random.getAsDouble() * (delay / 2)));
	}

	/**
	 * Asks whether one process is to be started now, to see whether it works.
	 * @return true once, when the time has come
	 */
	synchronized boolean tryAgain() {
		if (this.state != StartState.SUSPENDED || this.nanoTime.getAsLong() - this.nextTry < 0) {
			return false;
		}
		this.state = StartState.TRYING;
		return true;
	}

	/**
	 * A process listens.
	 * @return whether this was the try, so that starting is no longer suspended
	 */
	synchronized boolean ready() {
		if (this.state != StartState.TRYING) {
			return false;
		}
		this.recoveredAt = this.nanoTime.getAsLong();
		this.state = StartState.RECOVERED;
		return true;
	}

	/**
	 * Forgets all failures: something has changed, so they tell nothing any more.
	 * @return whether starting was suspended
	 */
	synchronized boolean reset() {
		boolean suspended = !mayStart();
		this.failures.clear();
		this.suspensions = 0;
		this.state = StartState.ALLOWED;
		return suspended;
	}

	/**
	 * Failures within the window.
	 */
	synchronized int recentFailures() {
		forgetOld(this.nanoTime.getAsLong());
		return this.failures.size();
	}

	/**
	 * Time until the next try.
	 * @return zero if it is due or under way; null if starting is not suspended
	 */
	synchronized @Nullable Duration untilNextTry() {
		return switch (this.state) {
			case ALLOWED, RECOVERED -> null;
			case TRYING -> Duration.ZERO;
			case SUSPENDED -> Duration.ofNanos(Math.max(0, this.nextTry - this.nanoTime.getAsLong()));
		};
	}

}
