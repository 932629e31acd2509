package io.iisnode.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/**
 * Connects to pipes, trying again while nobody answers there. Thread-safe.
 */
public final class PipeConnector {

	/**
	 * Largest single read, unless the first one shall be larger: fewer system calls for
	 * large bodies, bounded memory for slow readers.
	 */
	private static final int MAX_READ = 256 * 1024;

	private static final int MIN_READ = 256;

	private final PipeTransport transport;

	private final int initialBufferSize;

	private final LongAdder retries = new LongAdder();

	/**
	 * Creates the connector.
	 * @param transport the pipes
	 * @param initialBufferSize size in bytes of the first buffer for reading
	 */
	public PipeConnector(PipeTransport transport, int initialBufferSize) {
		this.transport = transport;
		this.initialBufferSize = initialBufferSize;
	}

	/**
	 * Connects.
	 * @param eventLoop the loop that shall own the connection
	 * @param address the pipe
	 * @param settings how often and how fast to try again
	 * @param wanted asked before each further attempt; false gives up
	 * @return the connection, or the failure of the last attempt; notified on the loop.
	 * Cancelling it gives up
	 */
	public Future<PipeConnection> connect(EventLoop eventLoop, PipeAddress address, ConnectionSettings settings,
			BooleanSupplier wanted) {
		Promise<PipeConnection> result = eventLoop.newPromise();
		attempt(new Attempt(eventLoop, address, settings, wanted, result), settings.maxRetries());
		return result;
	}

	private void attempt(Attempt attempt, int retriesLeft) {
		ChannelFuture connecting = new Bootstrap().group(attempt.eventLoop())
			.channelFactory(() -> this.transport.newChannel(attempt.eventLoop()))
			// A write that fails because the process answered and closed must not throw
			// away the answer that is still to be read.
			.option(ChannelOption.AUTO_CLOSE, false)
			.option(ChannelOption.RECVBUF_ALLOCATOR,
					new AdaptiveRecvByteBufAllocator(Math.min(MIN_READ, this.initialBufferSize), this.initialBufferSize,
							Math.max(MAX_READ, this.initialBufferSize)))
			.handler(NoHandler.INSTANCE)
			.connect(this.transport.socketAddress(attempt.eventLoop(), attempt.address()));
		connecting.addListener((ChannelFuture future) -> {
			if (future.isSuccess()) {
				connected(attempt, future.channel());
			}
			else if (retriesLeft > 0 && attempt.isWanted()) {
				attempt.eventLoop()
					.schedule(() -> retry(attempt, retriesLeft - 1), attempt.settings().retryDelay().toNanos(),
							TimeUnit.NANOSECONDS);
			}
			else {
				attempt.result().tryFailure(future.cause());
			}
		});
	}

	private void retry(Attempt attempt, int retriesLeft) {
		if (attempt.isWanted()) {
			this.retries.increment();
			attempt(attempt, retriesLeft);
		}
		else {
			attempt.result().tryFailure(new PipeClosedException("The process has ended"));
		}
	}

	private void connected(Attempt attempt, Channel channel) {
		if (!attempt.result().trySuccess(new PipeConnection(channel))) {
			channel.close();
		}
	}

	/**
	 * Attempts after the first one, since the start.
	 * @return how often it was tried again
	 */
	public long retries() {
		return this.retries.sum();
	}

	private record Attempt(EventLoop eventLoop, PipeAddress address, ConnectionSettings settings,
			BooleanSupplier wanted, Promise<PipeConnection> result) {

		boolean isWanted() {
			return !this.result.isDone() && this.wanted.getAsBoolean();
		}

	}

	/**
	 * A bootstrap wants a handler; the protocol adds its own later.
	 */
	@ChannelHandler.Sharable
	private static final class NoHandler extends ChannelInboundHandlerAdapter {

		static final NoHandler INSTANCE = new NoHandler();

	}

}
