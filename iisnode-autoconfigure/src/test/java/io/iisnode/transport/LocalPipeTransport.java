package io.iisnode.transport;

import java.net.SocketAddress;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;

/**
 * Pipes inside this JVM, which appear and vanish when a test says so.
 */
final class LocalPipeTransport implements PipeTransport {

	private final AtomicInteger attempts = new AtomicInteger();

	/**
	 * Event loops for such pipes.
	 */
	static EventLoopGroup eventLoops(int threads) {
		// Plain threads: Netty's must not block, but its own handler for local channels
		// parks them.
		return new MultiThreadIoEventLoopGroup(threads, Executors.defaultThreadFactory(), LocalIoHandler.newFactory());
	}

	@Override
	public PipeAddress newAddress() {
		return new PipeAddress(UUID.randomUUID().toString());
	}

	@Override
	public boolean supports(EventLoop eventLoop) {
		return eventLoop instanceof IoEventLoop loop && loop.isIoType(LocalIoHandler.class);
	}

	@Override
	public IoHandlerFactory ioHandlerFactory() {
		return LocalIoHandler.newFactory();
	}

	@Override
	public Channel newChannel(EventLoop eventLoop) {
		this.attempts.incrementAndGet();
		return new LocalChannel();
	}

	/**
	 * How often somebody tried to connect.
	 */
	int attempts() {
		return this.attempts.get();
	}

	@Override
	public SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address) {
		return new LocalAddress(address.path());
	}

	@Override
	public void delete(PipeAddress address) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void close() {
		throw new UnsupportedOperationException();
	}

	/**
	 * The other end of a pipe: it accepts connections and says nothing.
	 */
	static final class Server implements AutoCloseable {

		private final Collection<Channel> accepted = new ConcurrentLinkedQueue<>();

		private final Channel channel;

		Server(EventLoopGroup group, PipeAddress address) {
			this.channel = new ServerBootstrap().group(group)
				.channel(LocalServerChannel.class)
				.childHandler(new Registration())
				.bind(new LocalAddress(address.path()))
				.syncUninterruptibly()
				.channel();
		}

		/**
		 * The connections, in their order.
		 */
		Collection<Channel> accepted() {
			return this.accepted;
		}

		@Override
		public void close() {
			this.channel.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
		}

		@ChannelHandler.Sharable
		private final class Registration extends ChannelInboundHandlerAdapter {

			@Override
			public void handlerAdded(ChannelHandlerContext ctx) {
				Server.this.accepted.add(ctx.channel());
			}

		}

	}

}
