package io.iisnode.transport.windows;

import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.FastThreadLocalThread;

/**
 * A thread that waits at a {@link CompletionPort} in front of event loops that cannot,
 * such as those of the web server, and hands them what has ended.
 */
final class CompletionThread implements AutoCloseable {

	private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(5);

	private final CompletionPort port;

	private final Thread thread;

	private volatile boolean closed;

	/**
	 * Starts the thread.
	 * @param port where it waits, from now on owned by this
	 */
	CompletionThread(CompletionPort port) {
		this.port = port;
		this.thread = new FastThreadLocalThread(this::run, "iisnode-completion");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	CompletionPort port() {
		return this.port;
	}

	private void run() {
		while (!this.closed) {
			this.port.await(-1);
		}
		this.port.close();
	}

	/**
	 * Closes what is open and ends the thread. Blocks up to 5 s.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.port.wakeup();
		try {
			this.thread.join(CLOSE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
