package io.iisnode.web;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import reactor.netty.NettyPipeline;

/**
 * Stands before Reactor Netty's handler in the pipeline of a client's connection and lets
 * requests through whose target is not a URI.
 */
@ChannelHandler.Sharable
final class TargetHandler extends ChannelInboundHandlerAdapter {

	private static final TargetHandler INSTANCE = new TargetHandler();

	private static final String NAME = "iisnode.target";

	private TargetHandler() {
	}

	/**
	 * Adds the handler where HTTP/1.1 is spoken from the first byte on.
	 */
	static void addTo(Channel channel) {
		if (channel.pipeline().context(NettyPipeline.HttpTrafficHandler) != null) {
			channel.pipeline().addBefore(NettyPipeline.HttpTrafficHandler, NAME, INSTANCE);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ctx.fireChannelRead((msg.getClass() == DefaultHttpRequest.class) ? acceptable((HttpRequest) msg) : msg);
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

	private static HttpRequest acceptable(HttpRequest request) {
		String target = request.uri();
		String escaped = RequestTarget.escape(target);
		return escaped.equals(target) ? request : new EscapedRequest(request, escaped);
	}

}
