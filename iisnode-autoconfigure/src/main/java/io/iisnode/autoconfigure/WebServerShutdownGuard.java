package io.iisnode.autoconfigure;

import java.time.Duration;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets the thread of a graceful shutdown end before the web server is stopped. The stop
 * waits for a shutdown to have begun if it finds its thread
 * ({@code GracefulShutdown.abort()} of Spring Boot 4.0 and 4.1). If it finds the thread
 * just before that forgets itself, having told that it is done, nothing will ever begin:
 * the host would not stop, and node processes would stay.
 */
final class WebServerShutdownGuard implements SmartLifecycle {

	/** Between the graceful shutdown and the stop of the web server. */
	static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE + 512;

	/** As Spring Boot calls it. */
	static final String THREAD = "netty-shutdown";

	/**
	 * Enough for a thread that has nothing more to do. One that still waits for responses
	 * is not waited for: it is the web server that ends it.
	 */
	private static final Duration LONGEST = Duration.ofMillis(500);

	private volatile boolean running;

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		Thread[] threads = new Thread[Thread.activeCount() * 2];
		int count = Thread.enumerate(threads);
		for (int i = 0; i < count; i++) {
			if (threads[i].getName().equals(THREAD)) {
				await(threads[i]);
			}
		}
	}

	private static void await(Thread thread) {
		try {
			thread.join(LONGEST.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
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
