package io.iisnode.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls the manager of a pool a while after it was asked to, once. Thread-safe.
 */
final class PoolTimer {

	private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

	/**
	 * A call that comes later than this means that the host did not run.
	 */
	private static final long LATE_NANOS = Duration.ofMillis(500).toNanos();

	private final EventLoop eventLoop;

	private final long interval;

	private final Consumer<Boolean> action;

	private @Nullable ScheduledFuture<?> timer;

	private long expectedAt;

	private boolean stopped;

	/**
	 * Creates the timer; it does not run yet.
	 * @param eventLoop where it runs
	 * @param settings whose limits tell how exact it has to be
	 * @param action told whether the host has not run for a while
	 */
	PoolTimer(EventLoop eventLoop, ProcessSettings settings, Consumer<Boolean> action) {
		this.eventLoop = eventLoop;
		this.interval = interval(settings).toNanos();
		this.action = action;
	}

	/**
	 * A quarter of the shortest time that is watched.
	 */
	private static Duration interval(ProcessSettings settings) {
		Duration interval = LONGEST_INTERVAL;
		interval = shorter(interval, settings.idleTimeout());
		interval = shorter(interval, settings.limits().maxAge());
		interval = shorter(interval, settings.limits().maxEventLoopDelay());
		return (interval.compareTo(SHORTEST_INTERVAL) > 0) ? interval : SHORTEST_INTERVAL;
	}

	private static Duration shorter(Duration interval, @Nullable Duration watched) {
		return (watched != null && watched.dividedBy(4).compareTo(interval) < 0) ? watched.dividedBy(4) : interval;
	}

	/**
	 * Starts the timer, unless it runs.
	 */
	synchronized void start() {
		if (this.timer == null && !this.stopped) {
			this.expectedAt = System.nanoTime() + this.interval;
			this.timer = this.eventLoop.schedule(this::fire, this.interval, TimeUnit.NANOSECONDS);
		}
	}

	private void fire() {
		this.action.accept(end());
	}

	private synchronized boolean end() {
		this.timer = null;
		return System.nanoTime() - this.expectedAt > LATE_NANOS;
	}

	/**
	 * Stops the timer for good.
	 */
	synchronized void stop() {
		this.stopped = true;
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	/**
	 * Whether a call is to come.
	 */
	synchronized boolean isRunning() {
		return this.timer != null;
	}

}
