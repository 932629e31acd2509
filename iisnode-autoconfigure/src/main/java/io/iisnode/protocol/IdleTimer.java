package io.iisnode.protocol;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Acts once when nothing has happened for a time. Costs a look at the clock for each
 * event and one timer at a time, however many events there are.
 * <p>
 * {@link #touch()} may be called on any thread, all else on the event loop.
 */
final class IdleTimer {

	private final EventLoop eventLoop;

	private final long limitNanos;

	private final Runnable action;

	private volatile long lastEvent = System.nanoTime();

	private @Nullable ScheduledFuture<?> check;

	private IdleTimer(EventLoop eventLoop, Duration limit, Runnable action) {
		this.eventLoop = eventLoop;
		this.limitNanos = limit.toNanos();
		this.action = action;
	}

	/**
	 * Starts a timer.
	 * @param limit the time; null: none
	 * @param action what to do when it is over
	 * @return the timer, null if there is no limit
	 */
	static @Nullable IdleTimer start(EventLoop eventLoop, @Nullable Duration limit, Runnable action) {
		if (limit == null) {
			return null;
		}
		IdleTimer timer = new IdleTimer(eventLoop, limit, action);
		timer.schedule(timer.limitNanos);
		return timer;
	}

	private void schedule(long nanos) {
		this.check = this.eventLoop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
	}

	private void check() {
		long left = this.limitNanos - (System.nanoTime() - this.lastEvent);
		if (left > 0) {
			schedule(left);
		}
		else {
			this.action.run();
		}
	}

	/**
	 * Something has happened.
	 */
	void touch() {
		this.lastEvent = System.nanoTime();
	}

	void stop() {
		ScheduledFuture<?> running = this.check;
		if (running != null) {
			running.cancel(false);
		}
	}

}
