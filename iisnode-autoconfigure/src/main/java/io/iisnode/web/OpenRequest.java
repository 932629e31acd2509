package io.iisnode.web;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * A request whose body is still wanted when its answer ends. Reactor Netty throws away
 * what arrives of a request as soon as the end of the answer has been written. So the end
 * takes two ways: to the client it goes at once, past Reactor Netty's handler, and that
 * one sees it when the request is over.
 * <p>
 * Stands behind Reactor Netty's handler, and with its {@link Gate} before it, from the
 * end of an answer to the end of the request, so that other requests do not meet it.
 * Confined to the event loop of the connection, or of the stream.
 */
final class OpenRequest extends ChannelOutboundHandlerAdapter {

	/**
	 * By this prefix Reactor Netty knows what it must put its handler of compression
	 * behind. That one sees the end, since it has bytes of its own to add.
	 */
	private static final String NAME = NettyPipeline.LEFT + "iisnode.open-request";

	/**
	 * How long a client may go on sending to a connection that is closed (RFC 9112,
	 * section 9.6).
	 */
	private static final long LINGER_SECONDS = 5;

	/**
	 * Parts of the next requests that may wait.
	 */
	private static final int MAX_WAITING = 32;

	private final FrontHandler front;

	private final Runnable gone;

	private final BooleanSupplier endsWithConnection;

	/**
	 * What tells Reactor Netty's handler the end, and does not get farther.
	 */
	private final LastHttpContent signal = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);

	private final Gate gate = new Gate();

	private final Shield shield = new Shield();

	private @Nullable ChannelHandlerContext context;

	/**
	 * What Reactor Netty waits for when it has written the end; null before.
	 */
	private @Nullable ChannelPromise promise;

	/**
	 * The end that the client gets.
	 */
	private @Nullable ChannelFuture written;

	/**
	 * Creates it; nothing changes until it {@linkplain #begin begins}.
	 * @param front knows whether more is to come
	 * @param gone called if nothing more of the request can come
	 * @param endsWithConnection whether the client recognises the end of the answer by
	 * the end of the connection
	 */
	OpenRequest(FrontHandler front, Runnable gone, BooleanSupplier endsWithConnection) {
		this.front = front;
		this.gone = gone;
		this.endsWithConnection = endsWithConnection;
	}

	/**
	 * Whether one direction of a connection can end before the other.
	 */
	static boolean canHalfClose(Channel channel) {
		return channel instanceof DuplexChannel && channel.pipeline().get(SslHandler.class) == null;
	}

	/**
	 * To be called before the end of the answer is written.
	 */
	void begin(Channel channel) {
		ChannelPipeline pipeline = channel.pipeline();
		if (!channel.isActive() || pipeline.context(NettyPipeline.HttpTrafficHandler) == null
				|| pipeline.context(NettyPipeline.ReactiveBridge) == null) {
			this.gone.run();
			return;
		}
		this.gate.received = !this.front.isReceiving();
		pipeline.addAfter(NettyPipeline.HttpTrafficHandler, NAME, this)
			.addBefore(NettyPipeline.HttpTrafficHandler, Gate.NAME, this.gate)
			.addBefore(NettyPipeline.ReactiveBridge, Shield.NAME, this.shield);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promised) {
		if (!(msg instanceof LastHttpContent last) || isInterim(msg) || this.promise != null) {
			ctx.write(msg, promised);
			return;
		}
		this.promise = promised;
		ChannelFuture ended = this.gate.pass((last instanceof FullHttpResponse full) ? split(ctx, full) : last);
		this.written = ended;
		if (this.endsWithConnection.getAsBoolean() && ctx.channel() instanceof DuplexChannel duplex) {
			ended.addListener((future) -> duplex.shutdownOutput());
		}
	}

	private static boolean isInterim(Object msg) {
		return msg instanceof HttpResponse response && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
	}

	/**
	 * Writes all but the end of a response that is one message.
	 */
	private static LastHttpContent split(ChannelHandlerContext ctx, FullHttpResponse full) {
		ctx.write(new DefaultHttpResponse(full.protocolVersion(), full.status(), full.headers()));
		if (full.content().isReadable()) {
			ctx.write(full.content());
		}
		else {
			full.release();
		}
		return full.trailingHeaders().isEmpty() ? LastHttpContent.EMPTY_LAST_CONTENT
				: new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, full.trailingHeaders());
	}

	/**
	 * No more of the request is wanted, or there is no more.
	 */
	void end() {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null) {
			return;
		}
		ChannelPromise promised = this.promise;
		this.promise = null;
		if (ctx.isRemoved()) {
			// The connection is closed. Reactor Netty throws away then what is not read.
			if (promised != null) {
				promised.tryFailure(new ClosedChannelException());
			}
			return;
		}
		if (promised != null) {
			ctx.writeAndFlush(this.signal, promised);
		}
		else {
			this.gate.open();
		}
		ctx.pipeline().remove(this);
		ctx.pipeline().remove(this.shield);
	}

	/**
	 * Keeps the end of the connection from Reactor Netty, if the request is here as a
	 * whole and has to be read yet: it would complain of that.
	 */
	private final class Shield extends ChannelInboundHandlerAdapter {

		static final String NAME = "iisnode.open-request-shield";

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			if (OpenRequest.this.promise == null || !OpenRequest.this.gate.received) {
				ctx.fireChannelInactive();
			}
		}

	}

	/**
	 * Stands before Reactor Netty's handler. Keeps the next requests back, which that one
	 * would take for news about the connection.
	 */
	private final class Gate extends ChannelDuplexHandler {

		static final String NAME = "iisnode.open-request-gate";

		private final Queue<Object> waiting = new ArrayDeque<>();

		private @Nullable ChannelHandlerContext context;

		/**
		 * Whether all of the request has arrived.
		 */
		private boolean received;

		private boolean readWanted;

		/**
		 * Whether Reactor Netty learns that the request is over.
		 */
		private boolean ending;

		private @Nullable ScheduledFuture<?> linger;

		@Override
		public void handlerAdded(ChannelHandlerContext ctx) {
			this.context = ctx;
		}

		/**
		 * Writes past Reactor Netty's handler.
		 */
		ChannelFuture pass(LastHttpContent end) {
			return context().write(end);
		}

		private ChannelHandlerContext context() {
			ChannelHandlerContext ctx = this.context;
			if (ctx == null) {
				throw new IllegalStateException("Not in a pipeline");
			}
			return ctx;
		}

		@Override
		public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promised) {
			ChannelFuture answer = OpenRequest.this.written;
			if (msg != OpenRequest.this.signal || answer == null) {
				ctx.write(msg, promised);
				return;
			}
			// Later, because Reactor Netty has to add what it does then, such as to
			// close.
			answer.addListener((future) -> ctx.executor().execute(() -> settle(future, promised)));
		}

		private void settle(Future<?> answer, ChannelPromise promised) {
			this.ending = true;
			if (answer.isSuccess()) {
				promised.trySuccess();
			}
			else {
				promised.tryFailure(answer.cause());
			}
			this.ending = false;
			open();
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			if (this.linger != null) {
				ReferenceCountUtil.release(msg);
				if (msg instanceof LastHttpContent) {
					ctx.close();
				}
				return;
			}
			if (!this.waiting.isEmpty() || msg instanceof HttpRequest) {
				this.waiting.add(msg);
				return;
			}
			this.received = this.received || msg instanceof LastHttpContent;
			boolean broken = msg instanceof HttpObject part && part.decoderResult().isFailure();
			ctx.fireChannelRead(msg);
			if (broken) {
				// Reactor Netty does not pass that on, since it cannot answer.
				OpenRequest.this.gone.run();
			}
		}

		@Override
		public void read(ChannelHandlerContext ctx) {
			this.readWanted = this.waiting.size() >= MAX_WAITING;
			if (!this.readWanted) {
				ctx.read();
			}
		}

		/**
		 * Goes, and lets go what waits.
		 */
		void open() {
			ChannelHandlerContext ctx = context();
			if (this.linger != null || ctx.isRemoved()) {
				return;
			}
			Queue<Object> parts = new ArrayDeque<>(this.waiting);
			this.waiting.clear();
			ctx.pipeline().remove(this);
			if (!parts.isEmpty()) {
				parts.forEach((part) -> pass(ctx, part));
				ctx.fireChannelReadComplete();
			}
			if (this.readWanted) {
				ctx.read();
			}
		}

		/**
		 * One of those that waited may have an early answer, too.
		 */
		private static void pass(ChannelHandlerContext ctx, Object part) {
			ChannelHandlerContext next = ctx.pipeline().context(NAME);
			if (next != null) {
				((Gate) next.handler()).channelRead(next, part);
			}
			else {
				ctx.fireChannelRead(part);
			}
		}

		/**
		 * To close while the client sends could destroy the answer on its way. So the
		 * client is told that nothing more comes, and what it sends is read for a while
		 * (RFC 9112, section 9.6).
		 */
		@Override
		public void close(ChannelHandlerContext ctx, ChannelPromise promised) {
			if (!this.ending || this.received || !ctx.channel().isActive() || !canHalfClose(ctx.channel())) {
				ctx.close(promised);
				return;
			}
			this.linger = ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
			ctx.channel().closeFuture().addListener((future) -> promised.trySuccess());
			((DuplexChannel) ctx.channel()).shutdownOutput();
			ctx.channel().config().setAutoRead(true);
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			// A client may leave when it has sent all, and a stream is closed by that.
			if (!this.received) {
				OpenRequest.this.gone.run();
			}
			ctx.fireChannelInactive();
		}

		@Override
		public void handlerRemoved(ChannelHandlerContext ctx) {
			if (this.linger != null) {
				this.linger.cancel(false);
			}
			this.waiting.forEach(ReferenceCountUtil::release);
			this.waiting.clear();
		}

	}

}
