package io.iisnode.transport;

import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The I/O threads. An exchange runs wholly on one event loop: that of the client's
 * connection where pipes can be served there, so that no data changes threads, else one
 * of ours. Timers and control channels run on ours.
 */
public final class AsyncManager implements AutoCloseable {

	private static final int SHUTDOWN_SECONDS = 5;

	private final PipeTransport transport;

	private final boolean shareCallersLoop;

	private final EventLoopGroup group;

	/**
	 * Creates the threads.
	 * @param transport the pipes that they serve
	 * @param threadCount number of our own threads
	 * (<code>async-completion-thread-count</code>); 0: exchanges run on the event loops
	 * of the web server, one per processor, and one thread of ours does the rest; where
	 * the web server's loops cannot serve pipes, there is one thread of ours per
	 * processor
	 */
	public AsyncManager(PipeTransport transport, int threadCount) {
		if (threadCount < 0) {
			throw new IllegalArgumentException("async-completion-thread-count must be 0 or more, not " + threadCount);
		}
		this.transport = transport;
		this.shareCallersLoop = threadCount == 0;
		this.group = new MultiThreadIoEventLoopGroup((threadCount != 0) ? threadCount : transport.defaultThreadCount(),
				new DefaultThreadFactory("iisnode-io", true), transport.ioHandlerFactory());
		// Threads start with the first task: later, when one may be refused, a timer
		// would be lost.
		this.group.forEach((loop) -> loop.execute(() -> {
		}));
	}

	/**
	 * Chooses the loop for an exchange.
	 * @param caller the loop of the client's connection, null if unknown
	 * @return the loop that shall own the exchange and its connection
	 */
	public EventLoop eventLoop(@Nullable EventLoop caller) {
		return (caller != null && this.shareCallersLoop && this.transport.supports(caller)) ? caller : next();
	}

	/**
	 * One of our own loops, in turn.
	 * @return an event loop for timers and control channels
	 */
	public EventLoop next() {
		return this.group.next();
	}

	/**
	 * Number of our own threads.
	 * @return 1 or more
	 */
	public int threadCount() {
		int count = 0;
		for (EventExecutor ignored : this.group) {
			count++;
		}
		return count;
	}

	/**
	 * Ends the threads. Blocks up to 5 s; not for event loops.
	 */
	@Override
	public void close() {
		this.group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
			.awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
	}

}
