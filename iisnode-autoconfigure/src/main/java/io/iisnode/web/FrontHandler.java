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
import io.netty.handler.codec.http2.Http2ResetFrame;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Sits in the pipeline of a client's connection, or of one stream of an HTTP/2
 * connection, and tells what Reactor Netty keeps to itself: the target and the trailer
 * fields of a request as the client sent them, and when the connection has become
 * writable. Stays as long as the connection.
 * <p>
 * It lets requests through whose target is not a URI. Browsers send such targets
 * (<code>/search?q=a|b</code>), node takes them, but Reactor Netty and Spring refuse
 * them. They see one that is escaped instead.
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
			if (channel.pipeline().context(NettyPipeline.HttpTrafficHandler) != null) {
				// First behind the one that has made the request known to Reactor Netty.
				channel.pipeline().addAfter(NettyPipeline.HttpTrafficHandler, NAME, handler);
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
	 * Whether more of the request that is being served is to come.
	 */
	boolean isReceiving() {
		return this.receiving;
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
		if (msg instanceof HttpRequest request) {
			begin(request);
		}
		if (msg instanceof LastHttpContent last) {
			received(last);
		}
		ctx.fireChannelRead(msg);
	}

	private void begin(HttpRequest request) {
		String sent = request.uri();
		String escaped = RequestTarget.escape(sent);
		this.target = null;
		if (escaped != null && !escaped.equals(sent)) {
			this.target = sent;
			request.setUri(escaped);
		}
		this.trailers = EmptyHttpHeaders.INSTANCE;
		this.receiving = true;
		this.broken = false;
	}

	private void received(LastHttpContent last) {
		this.receiving = false;
		this.broken = this.broken || last.decoderResult().isFailure();
		if (!last.trailingHeaders().isEmpty()) {
			this.trailers = new DefaultHttpHeaders().add(last.trailingHeaders());
		}
	}

	/**
	 * Ends a stream that the client has reset at once. Netty would wait until what has
	 * arrived of the request is read, and while node is slow nobody reads. Later, because
	 * a reset must not be answered by a reset (RFC 9113, section 5.4.2).
	 */
	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof Http2ResetFrame) {
			ctx.executor().execute(ctx::close);
		}
		ctx.fireUserEventTriggered(event);
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
