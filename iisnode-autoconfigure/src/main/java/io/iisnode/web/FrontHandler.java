package io.iisnode.web;

import java.util.ArrayList;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Sits in the pipeline of a client's connection and tells what Reactor Netty keeps to
 * itself: the target and the trailer fields of a request as the client sent them, and
 * when the connection has become writable. Stays as long as the connection.
 * <p>
 * Confined to the event loop of the connection.
 */
final class FrontHandler extends ChannelInboundHandlerAdapter {

	private static final String NAME = "iisnode.front";

	private final List<Runnable> waiting = new ArrayList<>();

	private @Nullable String target;

	private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

	/**
	 * The handler of a connection; added if there is none yet.
	 */
	static FrontHandler of(Channel channel) {
		FrontHandler handler = (FrontHandler) channel.pipeline().get(NAME);
		if (handler == null) {
			handler = new FrontHandler();
			if (channel.pipeline().context(NettyPipeline.ReactiveBridge) != null) {
				channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, handler);
			}
			else {
				channel.pipeline().addLast(NAME, handler);
			}
		}
		return handler;
	}

	void whenWritable(Channel channel, Runnable action) {
		this.waiting.add(action);
		notifyIfWritable(channel.isWritable());
	}

	/**
	 * The target of the request that is being served, where Reactor Netty knows another.
	 */
	@Nullable String target() {
		return this.target;
	}

	HttpHeaders trailers() {
		return this.trailers;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpRequest) {
			this.target = (msg instanceof EscapedRequest escaped) ? escaped.originalTarget() : null;
			this.trailers = EmptyHttpHeaders.INSTANCE;
		}
		if (msg instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
			this.trailers = new DefaultHttpHeaders().add(last.trailingHeaders());
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		notifyIfWritable(ctx.channel().isWritable());
		ctx.fireChannelWritabilityChanged();
	}

	private void notifyIfWritable(boolean writable) {
		if (writable) {
			List<Runnable> actions = List.copyOf(this.waiting);
			this.waiting.clear();
			actions.forEach(Runnable::run);
		}
	}

}
