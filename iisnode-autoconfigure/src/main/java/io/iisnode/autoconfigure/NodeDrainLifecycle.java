package io.iisnode.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplicationManager;

/**
 * Lets the web server stop in time. Its graceful shutdown waits until all requests have
 * ended, so those that never do would use up all of its time: at its beginning, streams
 * of events and WebSockets are told to end, and near its end all other responses of which
 * none knows the length. From the beginning on, connections are closed after their next
 * response.
 */
final class NodeDrainLifecycle implements SmartLifecycle, DisposableBean {

	/** Higher phases stop first: this one before the web server. */
	static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

	/**
	 * Time that the web server has left when all responses are told to end: a quarter.
	 */
	private static final int SHARE = 4;

	private static final Duration LONGEST_END = Duration.ofSeconds(5);

	private final NodeApplicationManager manager;

	private final Duration limit;

	private volatile boolean running;

	private @Nullable Disposable timer;

	/**
	 * Creates it.
	 * @param manager knows the applications
	 * @param phaseTimeout spring.lifecycle.timeout-per-shutdown-phase
	 */
	NodeDrainLifecycle(NodeApplicationManager manager, Duration phaseTimeout) {
		this.manager = manager;
		Duration end = phaseTimeout.dividedBy(SHARE);
		this.limit = phaseTimeout.minus((end.compareTo(LONGEST_END) < 0) ? end : LONGEST_END);
	}

	@Override
	public synchronized void start() {
		stopTimer();
		this.running = true;
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		this.manager.endLongLived(false);
		stopTimer();
		// When all have ended before, there is nobody to tell.
		this.timer = Mono.delay(this.limit).subscribe((ignored) -> this.manager.endLongLived(true));
	}

	@Override
	public synchronized void destroy() {
		stopTimer();
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.dispose();
			this.timer = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
