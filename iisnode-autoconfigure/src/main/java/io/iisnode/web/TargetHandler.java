package io.iisnode.web;

import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import reactor.netty.NettyPipeline;

/**
 * Stands before Reactor Netty's handlers in the pipeline of a client's connection. It
 * sees to it that the host and the application are told the same about whom a request is
 * for and where it ends.
 */
@ChannelHandler.Sharable
final class TargetHandler extends ChannelInboundHandlerAdapter {

	private static final TargetHandler INSTANCE = new TargetHandler();

	private static final String NAME = "iisnode.target";

	private TargetHandler() {
	}

	/**
	 * Adds the handler, as soon as it is known which protocol is spoken.
	 */
	static void addTo(Channel channel) {
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.context(NettyPipeline.HttpTrafficHandler) != null) {
			pipeline.addBefore(NettyPipeline.HttpTrafficHandler, NAME, INSTANCE);
		}
		else if (pipeline.context(NettyPipeline.ReactiveBridge) != null) {
			pipeline.addBefore(NettyPipeline.ReactiveBridge, NAME + ".later", new Later());
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpRequest request) {
			check(request);
		}
		else if (msg instanceof Http2HeadersFrame head) {
			Http2Stream.begin(ctx.channel(), head);
			ctx.fireChannelRead(Http2Stream.refusable(head));
			return;
		}
		else if (msg instanceof HttpContent content && content.decoderResult().isFailure()) {
			// Reactor Netty answers, but to who reads the body it seems complete.
			FrontHandler.of(ctx.channel()).bodyBroken();
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!Http2Stream.refuse(ctx, cause)) {
			ctx.fireExceptionCaught(cause);
		}
	}

	/**
	 * Stops automatic reading before Reactor Netty does. On a connection that is closed,
	 * Netty's transport over the JDK's sockets throws when reading is stopped
	 * (<code>AbstractNioChannel.removeReadOp</code>), and Reactor Netty would lose the
	 * news that the client has gone. Stopped for the second time, it does nothing.
	 */
	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		try {
			ctx.channel().config().setAutoRead(false);
		}
		catch (RuntimeException ex) {
			// It is stopped nevertheless.
		}
		ctx.fireChannelInactive();
	}

	private static void check(HttpRequest request) {
		String target = request.uri();
		HttpVersion version = request.protocolVersion();
		if (!target.startsWith("/")) {
			settleHost(request, target);
		}
		if (version != HttpVersion.HTTP_1_1) {
			settleVersion(request, version);
		}
		if (RequestTarget.escape(target) == null) {
			refuse(request, "The target has control characters");
		}
	}

	/**
	 * The host of an absolute target counts, whatever Host says (RFC 9112, section
	 * 3.2.2).
	 */
	private static void settleHost(HttpRequest request, String target) {
		String authority = RequestTarget.authority(target);
		if (authority != null && RequestTarget.isValid(request.method(), target)
				&& !authority.equals(request.headers().get(HttpHeaderNames.HOST))) {
			request.headers().set(HttpHeaderNames.HOST, authority);
		}
	}

	private static void settleVersion(HttpRequest request, HttpVersion version) {
		if (version.majorVersion() == 1 && version.minorVersion() == 0) {
			if (request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
				// Of several lengths Netty takes the first; what follows must be nobody's
				// request.
				request.headers().remove(HttpHeaderNames.CONNECTION);
			}
		}
		else if (version.majorVersion() != 2 && !version.equals(HttpVersion.HTTP_1_1)) {
			refuse(request, "The version of HTTP is not supported");
		}
	}

	/**
	 * Reactor Netty answers 400 and closes the connection.
	 */
	private static void refuse(HttpRequest request, String fault) {
		request.setDecoderResult(DecoderResult.failure(new MalformedRequestException(fault)));
	}

	/**
	 * Stands in the place of the handler until the protocol has been negotiated during
	 * the TLS handshake, before which nothing gets here.
	 */
	private static final class Later extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			for (String next : List.of(NettyPipeline.HttpTrafficHandler, NettyPipeline.H2MultiplexHandler)) {
				if (ctx.pipeline().context(next) != null) {
					ctx.pipeline().addBefore(next, NAME, INSTANCE);
				}
			}
			ctx.fireChannelRead(msg);
			ctx.pipeline().remove(this);
		}

	}

}
