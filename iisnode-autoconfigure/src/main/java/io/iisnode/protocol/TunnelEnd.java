package io.iisnode.protocol;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeConnection;

/**
 * One of the two connections that a tunnel joins. What it reads, the other one writes;
 * while the other one takes no more, it does not read.
 * <p>
 * Takes the place of the handlers of HTTP. What is private to it is confined to the event
 * loop of its channel; the other end may have another loop.
 */
final class TunnelEnd extends ChannelInboundHandlerAdapter {

	/**
	 * How long an end that is to be closed may take for what it has still to write.
	 */
	private static final int LINGER_SECONDS = 30;

	/**
	 * Where an end cannot be told that the other one has ended its output: how long it
	 * must have said nothing before it is closed.
	 */
	private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final TunnelRelay relay;

	private final boolean toNode;

	private final @Nullable WebSocketGoodbye goodbye;

	/**
	 * What has been read before the other end was there.
	 */
	private final Queue<ByteBuf> early = new ArrayDeque<>();

	private volatile @Nullable ChannelHandlerContext context;

	private boolean begun;

	private boolean paused;

	private boolean inputEnded;

	private boolean outputEnded;

	private boolean broken;

	private long lastRead = System.nanoTime();

	/**
	 * Creates an end.
	 * @param toNode whether this is the connection to node, and not that to the client
	 * @param webSocket whether what is read consists of WebSocket frames
	 */
	TunnelEnd(TunnelRelay relay, boolean toNode, boolean webSocket) {
		this.relay = relay;
		this.toNode = toNode;
		this.goodbye = webSocket ? new WebSocketGoodbye(this, !toNode, relay) : null;
	}

	private TunnelEnd peer() {
		return this.relay.peerOf(this);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
		// Otherwise Netty closes a connection whose other side has ended its output.
		ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
		ctx.channel().config().setAutoRead(false);
		if (!this.toNode) {
			// Who puts us here is not done yet.
			ctx.executor().execute(this.relay::clientAttached);
		}
	}

	/**
	 * Runs on the loop of this end.
	 */
	void execute(Runnable action) {
		ChannelHandlerContext ctx = this.context;
		if (ctx != null) {
			EventLoop loop = ctx.channel().eventLoop();
			if (loop.inEventLoop()) {
				action.run();
			}
			else {
				loop.execute(action);
			}
		}
	}

	/**
	 * Both ends are there.
	 */
	void begin() {
		this.begun = true;
		ByteBuf bytes = this.early.poll();
		while (bytes != null) {
			forward(bytes);
			bytes = this.early.poll();
		}
		if (this.goodbye != null) {
			this.goodbye.begin();
		}
		peer().flush();
		Channel channel = channel();
		if (!channel.isActive()) {
			peer().closeBehind(this.broken);
		}
		else if (this.inputEnded) {
			peer().endOutput();
		}
		else {
			pauseOrRead();
		}
	}

	private Channel channel() {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null) {
			throw new IllegalStateException("Not in a pipeline");
		}
		return ctx.channel();
	}

	// Bytes

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.relay.touch();
		this.lastRead = System.nanoTime();
		ByteBuf bytes = (ByteBuf) msg;
		if (this.begun) {
			forward(bytes);
		}
		else {
			// Even after the end of this connection: the other end shall have them.
			this.early.add(bytes);
		}
	}

	private void forward(ByteBuf bytes) {
		if (this.goodbye != null) {
			this.goodbye.forward(bytes);
		}
		else {
			pass(bytes);
		}
	}

	void pass(ByteBuf bytes) {
		TunnelEnd peer = peer();
		peer.write(bytes);
		if (!peer.isWritable()) {
			peer.flush();
			pauseOrRead();
		}
	}

	private void write(ByteBuf bytes) {
		ChannelHandlerContext ctx = this.context;
		if (ctx != null) {
			ctx.write(bytes);
		}
		else {
			bytes.release();
		}
	}

	private void flush() {
		ChannelHandlerContext ctx = this.context;
		if (ctx != null) {
			ctx.flush();
		}
	}

	private boolean isWritable() {
		ChannelHandlerContext ctx = this.context;
		return ctx == null || ctx.channel().isWritable() || !ctx.channel().isActive();
	}

	private void pauseOrRead() {
		boolean wait = !peer().isWritable();
		if (wait && !this.paused) {
			this.paused = true;
			channel().config().setAutoRead(false);
			// The other one may have become writable meanwhile, on its own thread.
			wait = !peer().isWritable();
		}
		if (!wait) {
			this.paused = false;
			if (!this.inputEnded) {
				// Netty fails to read on where nothing can come.
				channel().config().setAutoRead(true);
			}
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.begun) {
			peer().flush();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		this.relay.touch();
		if (ctx.channel().isWritable()) {
			TunnelEnd peer = peer();
			peer.execute(peer::resume);
		}
		ctx.fireChannelWritabilityChanged();
	}

	private void resume() {
		if (this.paused) {
			pauseOrRead();
		}
	}

	/**
	 * Says to the other end that this one goes away, as soon as a frame ends.
	 */
	void sayGoodbye() {
		if (this.goodbye != null) {
			this.goodbye.request(this.begun);
		}
	}

	/**
	 * Writes something to the other end that this one has not read.
	 */
	void insert(ByteBuf bytes) {
		peer().write(bytes);
		peer().flush();
	}

	// Ends

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
		if (evt instanceof ChannelInputShutdownEvent || evt == SslCloseCompletionEvent.SUCCESS) {
			inputEnded();
			return;
		}
		ctx.fireUserEventTriggered(evt);
	}

	private void inputEnded() {
		if (!this.inputEnded) {
			this.inputEnded = true;
			closeIfAllHasEnded();
			if (this.begun) {
				TunnelEnd peer = peer();
				peer.execute(peer::endOutput);
			}
		}
	}

	/**
	 * Ends the output behind what is being written.
	 */
	private void endOutput() {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null || this.outputEnded || !ctx.channel().isActive()) {
			return;
		}
		ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ignored) -> shutdownOutput(ctx));
	}

	private void shutdownOutput(ChannelHandlerContext ctx) {
		if (ctx.channel().hasAttr(PipeConnection.NO_HALF_CLOSE) || !(ctx.channel() instanceof DuplexChannel duplex)) {
			this.outputEnded = true;
			this.lastRead = System.nanoTime();
			closeIfAllHasEnded();
			closeWhenSilent(ctx);
			return;
		}
		SslHandler tls = ctx.pipeline().get(SslHandler.class);
		ChannelFutureListener ended = (ignored) -> {
			this.outputEnded = true;
			closeIfAllHasEnded();
		};
		if (tls != null) {
			tls.closeOutbound().addListener((ignored) -> duplex.shutdownOutput().addListener(ended));
		}
		else {
			duplex.shutdownOutput().addListener(ended);
		}
	}

	/**
	 * What it answers to the last that was sent shall still arrive. A WebSocket has its
	 * own way to say goodbye (RFC 6455, section 7): without it, nobody listens any more.
	 */
	private void closeWhenSilent(ChannelHandlerContext ctx) {
		long silent = this.paused ? 0 : System.nanoTime() - this.lastRead;
		if (this.goodbye != null || silent >= SILENCE_NANOS) {
			ctx.close();
		}
		else if (ctx.channel().isActive()) {
			ctx.executor().schedule(() -> closeWhenSilent(ctx), SILENCE_NANOS - silent, TimeUnit.NANOSECONDS);
		}
	}

	private void closeIfAllHasEnded() {
		if (this.inputEnded && this.outputEnded) {
			channel().close();
		}
	}

	/**
	 * Closes this end.
	 * @param now false: behind what is being written
	 */
	void closeBehind(boolean now) {
		execute(() -> {
			ChannelHandlerContext ctx = this.context;
			if (ctx == null || now) {
				close();
				return;
			}
			ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ignored) -> ctx.close());
			if (ctx.channel().isActive()) {
				ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
			}
		});
	}

	void close() {
		ChannelHandlerContext ctx = this.context;
		if (ctx != null) {
			ctx.close();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.broken = true;
		ctx.close();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		if (this.begun) {
			peer().closeBehind(this.broken);
		}
		this.relay.closed(this.toNode);
		ctx.fireChannelInactive();
	}

	/**
	 * There will be no other end.
	 */
	void abandon() {
		execute(() -> {
			if (!this.begun) {
				this.early.forEach(ByteBuf::release);
				this.early.clear();
				close();
			}
		});
	}

}
