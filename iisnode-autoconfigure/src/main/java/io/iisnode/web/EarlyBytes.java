package io.iisnode.web;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

import io.iisnode.protocol.UpgradeRequest;

/**
 * Holds back what a client sends behind a request for an upgrade, until it is known
 * whether that is HTTP. Netty's decoder would take it for the next request, and lose what
 * is none.
 * <p>
 * It stands before the decoder and lets a request head and what follows it go separately,
 * which makes no difference to HTTP. Confined to the event loop of the connection.
 */
final class EarlyBytes extends ChannelDuplexHandler {

	private static final String NAME = "iisnode.early-bytes";

	private static final String OBSERVER = "iisnode.early-bytes-observer";

	/**
	 * More is not read from the client until it is known who shall have it.
	 */
	private static final int MAX_HELD = 64 * 1024;

	private static final String HTTP_2_PREFACE = "PRI";

	private final Queue<ByteBuf> held = new ArrayDeque<>();

	private int heldBytes;

	/**
	 * The head of the request whose answer decides; null: there is none.
	 */
	private @Nullable HttpHeaders awaited;

	private boolean inBody;

	/**
	 * Bytes of the end of a line, and of an empty one, at the end of what has passed.
	 */
	private LineEnd lineEnd = LineEnd.NONE;

	private boolean readWanted;

	private boolean transparent;

	private EarlyBytes(@Nullable HttpHeaders awaited) {
		this.awaited = awaited;
	}

	/**
	 * Adds the handler where HTTP/1.1 is spoken from the first byte on.
	 */
	static void addTo(Channel channel) {
		addTo(channel, null);
	}

	/**
	 * Adds the handler.
	 * @param awaited the head of a request that has passed, and whose answer decides
	 */
	static void addTo(Channel channel, @Nullable HttpHeaders awaited) {
		String decoder = UpgradeAttempt.nameOfDecoder(channel.pipeline());
		if (decoder != null && channel.pipeline().context(NettyPipeline.HttpTrafficHandler) != null) {
			EarlyBytes handler = new EarlyBytes(awaited);
			channel.pipeline()
				.addBefore(decoder, NAME, handler)
				.addBefore(NettyPipeline.HttpTrafficHandler, OBSERVER, handler.new Observer());
		}
	}

	static @Nullable EarlyBytes of(Channel channel) {
		return (EarlyBytes) channel.pipeline().get(NAME);
	}

	/**
	 * Whether the answer to this request decides.
	 */
	boolean waitsFor(HttpHeaders request) {
		return this.awaited == request;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (!(msg instanceof ByteBuf bytes) || this.transparent) {
			ctx.fireChannelRead(msg);
			return;
		}
		while (this.awaited == null && !this.inBody) {
			int end = endOfHead(bytes);
			if (end == bytes.writerIndex()) {
				ctx.fireChannelRead(bytes);
				return;
			}
			ctx.fireChannelRead(bytes.readRetainedSlice(end - bytes.readerIndex()));
		}
		if (this.awaited == null) {
			ctx.fireChannelRead(bytes);
		}
		else {
			this.heldBytes += bytes.readableBytes();
			this.held.add(bytes);
		}
	}

	/**
	 * The index behind the first empty line, or behind all bytes if there is none.
	 */
	private int endOfHead(ByteBuf bytes) {
		int index = bytes.readerIndex();
		int end = bytes.writerIndex();
		while (index < end) {
			byte next = bytes.getByte(index);
			index++;
			if (next == '\n') {
				if (this.lineEnd != LineEnd.NONE) {
					this.lineEnd = LineEnd.NONE;
					return index;
				}
				this.lineEnd = LineEnd.LF;
			}
			else if (next == '\r' && this.lineEnd == LineEnd.LF) {
				this.lineEnd = LineEnd.LF_CR;
			}
			else {
				this.lineEnd = LineEnd.NONE;
				int lineFeed = bytes.indexOf(index, end, (byte) '\n');
				index = (lineFeed < 0) ? end : lineFeed;
			}
		}
		return end;
	}

	@Override
	public void read(ChannelHandlerContext ctx) {
		this.readWanted = this.heldBytes >= MAX_HELD;
		if (!this.readWanted) {
			ctx.read();
		}
	}

	/**
	 * It is HTTP what the client has sent behind the request.
	 */
	void resume(ChannelHandlerContext ctx) {
		this.awaited = null;
		this.heldBytes = 0;
		int count = this.held.size();
		for (int i = 0; i < count; i++) {
			// What follows another request for an upgrade is held again.
			channelRead(ctx, this.held.remove());
		}
		ctx.fireChannelReadComplete();
		if (this.readWanted) {
			read(ctx);
		}
	}

	/**
	 * The connection has left HTTP.
	 */
	static void release(Channel channel) {
		EarlyBytes handler = of(channel);
		if (handler != null) {
			handler.transparent = true;
			ChannelHandlerContext context = channel.pipeline().context(handler);
			handler.resume(context);
			channel.pipeline().remove(handler);
			channel.pipeline().remove(OBSERVER);
		}
	}

	/**
	 * An answer has been given without an upgrade of ours.
	 */
	static void resume(Channel channel) {
		EarlyBytes handler = of(channel);
		if (handler != null && handler.awaited != null) {
			handler.resume(channel.pipeline().context(handler));
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.held.forEach(ByteBuf::release);
		this.held.clear();
	}

	private enum LineEnd {

		NONE, LF, LF_CR

	}

	/**
	 * Stands behind the decoder and tells where the connection is.
	 */
	private final class Observer extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			EarlyBytes outer = EarlyBytes.this;
			if (msg instanceof HttpRequest request) {
				outer.inBody = true;
				if (request.method().name().equals(HTTP_2_PREFACE)) {
					outer.transparent = true;
				}
				else if (HttpVersion.HTTP_1_1.equals(request.protocolVersion())
						&& !HttpMethod.CONNECT.equals(request.method()) && UpgradeRequest.isIn(request.headers())) {
					outer.awaited = request.headers();
				}
			}
			if (msg instanceof LastHttpContent) {
				outer.inBody = false;
				outer.lineEnd = LineEnd.NONE;
			}
			ctx.fireChannelRead(msg);
		}

	}

}
