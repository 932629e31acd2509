package io.iisnode.transport;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one process. Idle ones are kept per event loop, so that taking and
 * giving back needs no lock; last used first, since that is the one which the process is
 * least likely to close.
 */
public final class PipeConnectionPool {

	private final PipeConnector connector;

	private final PipeAddress address;

	private final ConnectionSettings settings;

	private final LongSupplier nanoTime;

	private final Map<EventLoop, Deque<PipeConnection>> idle = new ConcurrentHashMap<>();

	private final AtomicInteger idleCount = new AtomicInteger();

	private final AtomicInteger openCount = new AtomicInteger();

	private final AtomicInteger upgradedCount = new AtomicInteger();

	private volatile boolean closed;

	/**
	 * Creates the pool.
	 * @param connector makes connections
	 * @param address the pipe of the process
	 * @param settings limits
	 */
	public PipeConnectionPool(PipeConnector connector, PipeAddress address, ConnectionSettings settings) {
		this(connector, address, settings, System::nanoTime);
	}

	PipeConnectionPool(PipeConnector connector, PipeAddress address, ConnectionSettings settings,
			LongSupplier nanoTime) {
		this.connector = connector;
		this.address = address;
		this.settings = settings;
		this.nanoTime = nanoTime;
	}

	/**
	 * Takes an idle connection. On the given loop only.
	 * @param eventLoop the caller's loop
	 * @return a connection that stands and is young enough, or null
	 */
	public @Nullable PipeConnection reuse(EventLoop eventLoop) {
		Deque<PipeConnection> connections = this.idle.get(eventLoop);
		if (connections == null) {
			return null;
		}
		long now = this.nanoTime.getAsLong();
		PipeConnection connection = connections.pollLast();
		while (connection != null) {
			this.idleCount.decrementAndGet();
			if (connection.isReusable(now)) {
				connection.markReused();
				return connection;
			}
			connection.close();
			connection = connections.pollLast();
		}
		return null;
	}

	/**
	 * Makes a new connection, with retries.
	 * @param eventLoop the loop that shall own it
	 * @param wanted asked before each further attempt; false gives up
	 * @return the connection; notified on the loop
	 */
	public Future<PipeConnection> open(EventLoop eventLoop, BooleanSupplier wanted) {
		Future<PipeConnection> opening = this.connector.connect(eventLoop, this.address, this.settings,
				() -> !this.closed && wanted.getAsBoolean());
		opening.addListener((Future<PipeConnection> future) -> {
			if (future.isSuccess()) {
				opened(future.getNow());
			}
		});
		return opening;
	}

	private void opened(PipeConnection connection) {
		this.openCount.incrementAndGet();
		connection.countUpgradeIn(this.upgradedCount);
		connection.channel().closeFuture().addListener((ignored) -> {
			this.openCount.decrementAndGet();
			Deque<PipeConnection> connections = this.idle.get(connection.eventLoop());
			if (connections != null && connections.remove(connection)) {
				this.idleCount.decrementAndGet();
			}
		});
	}

	/**
	 * Takes back a connection on which nothing is outstanding. On its loop only.
	 * @param connection the connection
	 */
	public void release(PipeConnection connection) {
		long now = this.nanoTime.getAsLong();
		connection.idle(now, this.settings.maxIdleAge());
		if (this.closed || !connection.isReusable(now)) {
			connection.close();
			return;
		}
		Deque<PipeConnection> connections = this.idle.computeIfAbsent(connection.eventLoop(),
				(loop) -> new ArrayDeque<>());
		PipeConnection oldest = connections.peekFirst();
		if (oldest != null && !oldest.isReusable(now)) {
			// Closing takes it out of the queue.
			oldest.close();
		}
		if (this.idleCount.incrementAndGet() > this.settings.maxIdle()) {
			this.idleCount.decrementAndGet();
			connection.close();
			return;
		}
		connections.addLast(connection);
		if (this.closed) {
			connection.close();
		}
	}

	/**
	 * Connections that stand, idle or in use.
	 * @return their number
	 */
	public int openCount() {
		return this.openCount.get();
	}

	/**
	 * Connections that have left HTTP, such as WebSockets.
	 * @return their number
	 */
	public int upgradedCount() {
		return this.upgradedCount.get();
	}

	/**
	 * Connections that wait for a user.
	 * @return their number
	 */
	public int idleCount() {
		return this.idleCount.get();
	}

	/**
	 * Closes idle connections now and those in use when they are given back. Any thread.
	 */
	public void close() {
		this.closed = true;
		this.idle.forEach((loop, connections) -> {
			if (!loop.isShuttingDown()) {
				// A copy: closing takes a connection out of the queue.
				loop.execute(() -> List.copyOf(connections).forEach(PipeConnection::close));
			}
		});
	}

}
