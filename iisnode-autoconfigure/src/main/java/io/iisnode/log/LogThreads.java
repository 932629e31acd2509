package io.iisnode.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of this package: daemons that inherit nothing from their makers.
 */
final class LogThreads {

	private static final long IDLE_SECONDS = 5;

	private static final long SOON_MILLIS = 50;

	private static final AtomicInteger COUNT = new AtomicInteger();

	/**
	 * Runs each task at once, on a thread that goes when it is idle. So a disk that
	 * blocks holds the tasks that wait for it, and no others.
	 */
	static final Executor WRITERS = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
			new SynchronousQueue<>(), (task) -> daemon(task, "iisnode-log-writer-" + COUNT.incrementAndGet()));

	/** Runs each task there, a little later. */
	static final Executor SOON = CompletableFuture.delayedExecutor(SOON_MILLIS, TimeUnit.MILLISECONDS, WRITERS);

	private LogThreads() {
	}

	/**
	 * Makes a thread.
	 * @param task what it runs
	 * @param name its name
	 * @return the thread, not started
	 */
	static Thread daemon(Runnable task, String name) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		return thread;
	}

}
