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

	private boolean receiving;

	private boolean broken;

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

	/**
	 * What has just arrived is no body. It is that of the request that is being served,
	 * unless that has been received as a whole.
	 */
	void bodyBroken() {
		this.broken = this.broken || this.receiving;
	}

	/**
	 * Whether the body of the request that is being served does not end where it seems
	 * to.
	 */
	boolean isBodyBroken() {
		return this.broken;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpRequest) {
			this.target = (msg instanceof EscapedRequest escaped) ? escaped.originalTarget() : null;
			this.trailers = EmptyHttpHeaders.INSTANCE;
			this.receiving = true;
			this.broken = false;
		}
		if (msg instanceof LastHttpContent last) {
			received(last);
		}
		ctx.fireChannelRead(msg);
	}

	private void received(LastHttpContent last) {
		this.receiving = false;
		this.broken = this.broken || last.decoderResult().isFailure();
		if (!last.trailingHeaders().isEmpty()) {
			this.trailers = new DefaultHttpHeaders().add(last.trailingHeaders());
		}
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
