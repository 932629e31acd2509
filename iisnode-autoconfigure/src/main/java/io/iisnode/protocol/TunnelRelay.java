package io.iisnode.protocol;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Bytes both ways between a client and a node process that have left HTTP, until both
 * have ended. Knows of no protocol but WebSocket, and of that only what it takes to say
 * goodbye: the bytes of the application are never changed.
 * <p>
 * Two channel handlers, one for each connection, which may have different event loops.
 * All methods may be called on any thread.
 */
final class TunnelRelay {

	/**
	 * How long both sides of a WebSocket may take to answer a close frame.
	 */
	private static final long CLOSE_ANSWER_MILLIS = 1000;

	private static final int BOTH = 2;

	private final EventLoop eventLoop;

	private final boolean webSocket;

	private final Runnable whenClosed;

	private final TunnelEnd client;

	private final TunnelEnd node;

	private final AtomicInteger goodbyes = new AtomicInteger();

	private final AtomicInteger answers = new AtomicInteger();

	private @Nullable IdleTimer idle;

	private @Nullable ScheduledFuture<?> lifetime;

	/**
	 * Creates a tunnel.
	 * @param eventLoop the loop of the connection to node
	 * @param webSocket whether both sides speak WebSocket
	 * @param whenClosed called once, on that loop, when that connection is closed
	 */
	TunnelRelay(EventLoop eventLoop, boolean webSocket, Runnable whenClosed) {
		this.eventLoop = eventLoop;
		this.webSocket = webSocket;
		this.whenClosed = whenClosed;
		this.client = new TunnelEnd(this, false, webSocket);
		this.node = new TunnelEnd(this, true, webSocket);
	}

	/**
	 * The end that goes into the pipeline of the connection to node.
	 */
	ChannelHandler nodeEnd() {
		return this.node;
	}

	/**
	 * The end that goes into the pipeline of the client's connection, after the other
	 * one.
	 */
	ChannelHandler clientEnd() {
		return this.client;
	}

	TunnelEnd peerOf(TunnelEnd end) {
		return (end == this.node) ? this.client : this.node;
	}

	/**
	 * Starts the clocks. On the loop of the node end.
	 */
	void limit(ExchangeSettings settings) {
		this.idle = IdleTimer.start(this.eventLoop, settings.idleTimeout(), this::endByLimit);
		if (settings.maxTunnelAge() != null) {
			this.lifetime = this.eventLoop.schedule(this::endByLimit, settings.maxTunnelAge().toNanos(),
					TimeUnit.NANOSECONDS);
		}
	}

	void touch() {
		IdleTimer timer = this.idle;
		if (timer != null) {
			timer.touch();
		}
	}

	/**
	 * The client's connection has become an end of the tunnel.
	 */
	void clientAttached() {
		this.client.begin();
		this.node.execute(this.node::begin);
	}

	/**
	 * The client's connection will not become an end of the tunnel.
	 */
	void abandon() {
		this.node.abandon();
	}

	private void endByLimit() {
		end();
		long delay = this.webSocket ? CLOSE_ANSWER_MILLIS : 0;
		this.eventLoop.schedule(this::closeBoth, delay, TimeUnit.MILLISECONDS);
	}

	/**
	 * The process will soon be ended. The ends of a WebSocket are told so; of any other
	 * protocol, nothing is known that could be said.
	 */
	void end() {
		if (this.webSocket) {
			this.node.execute(this.node::sayGoodbye);
			this.client.execute(this.client::sayGoodbye);
		}
	}

	/**
	 * One end has been told.
	 */
	void saidGoodbye() {
		if (this.goodbyes.incrementAndGet() == 1) {
			this.eventLoop.schedule(this::closeBoth, CLOSE_ANSWER_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * One end has answered.
	 */
	void answered() {
		if (this.answers.incrementAndGet() == BOTH) {
			closeBoth();
		}
	}

	private void closeBoth() {
		this.node.closeBehind(false);
		this.client.closeBehind(false);
	}

	/**
	 * A connection is closed. On its loop.
	 */
	void closed(boolean toNode) {
		if (toNode) {
			if (this.idle != null) {
				this.idle.stop();
			}
			if (this.lifetime != null) {
				this.lifetime.cancel(false);
			}
			this.whenClosed.run();
		}
	}

}
