package io.iisnode.web;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServerRequest;

import io.iisnode.protocol.UpgradeRequest;

/**
 * A request for an upgrade, from the moment in which it is served to its answer. Sees the
 * response pass that Reactor Netty writes at the end of the request's handling, as it
 * writes any other, and then, if the response says so and there is a successor, takes
 * HTTP out of the pipeline.
 * <p>
 * Confined to the event loop of the connection.
 */
final class UpgradeAttempt extends ChannelDuplexHandler {

	private static final String NAME = "iisnode.upgrade";

	private static final String SUCCESSOR = "iisnode.tunnel";

	private @Nullable Successor successor;

	/**
	 * To be called before each request that is served.
	 */
	static void begin(Connection connection) {
		if (connection instanceof HttpServerRequest request
				&& request.requestHeaders().contains(HttpHeaderNames.UPGRADE)) {
			if (EarlyBytes.of(connection.channel()) == null && request.version().equals(HttpVersion.HTTP_1_1)
					&& UpgradeRequest.isIn(request.requestHeaders())) {
				// TLS has told only now that this is HTTP/1.1.
				EarlyBytes.addTo(connection.channel(), request.requestHeaders());
			}
			EarlyBytes early = EarlyBytes.of(connection.channel());
			if (early != null && early.waitsFor(request.requestHeaders())) {
				of(connection.channel());
			}
		}
	}

	private static UpgradeAttempt of(Channel channel) {
		UpgradeAttempt attempt = (UpgradeAttempt) channel.pipeline().get(NAME);
		if (attempt == null) {
			attempt = new UpgradeAttempt();
			channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, attempt);
		}
		return attempt;
	}

	/**
	 * Names who comes after HTTP, if the response is <code>101</code>.
	 */
	static void expect(Channel channel, ChannelHandler handler, Runnable abandoned) {
		if (channel.isActive() && channel.pipeline().context(NettyPipeline.ReactiveBridge) != null) {
			of(channel).successor = new Successor(handler, abandoned);
		}
		else {
			abandoned.run();
		}
	}

	/**
	 * The name of the handler that decodes HTTP/1.1, or will.
	 */
	static @Nullable String nameOfDecoder(ChannelPipeline pipeline) {
		ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
		if (codec == null) {
			// Netty waits for the first bytes to see whether they are HTTP/2.
			codec = pipeline.context(NettyPipeline.H2CUpgradeHandler);
		}
		return (codec != null) ? codec.name() : null;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (!(msg instanceof HttpResponse response) || isInterim(response)) {
			ctx.write(msg, promise);
			return;
		}
		Successor next = this.successor;
		this.successor = null;
		ctx.pipeline().remove(this);
		if (next == null || !isSwitch(response) || !(msg instanceof FullHttpResponse)) {
			if (next != null) {
				next.abandoned().run();
			}
			// Whoever upgrades by himself does so when the response has been written.
			promise = promise.unvoid();
			boolean switched = isSwitch(response);
			promise.addListener((ignored) -> ctx.executor().execute(() -> settle(ctx.channel(), switched)));
			ctx.write(msg, promise);
			return;
		}
		switchProtocols(ctx, response, promise, next.handler());
	}

	private static void settle(Channel channel, boolean switched) {
		if (switched) {
			EarlyBytes.release(channel);
		}
		else {
			EarlyBytes.resume(channel);
		}
	}

	private static boolean isSwitch(HttpResponse response) {
		return response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
	}

	private static boolean isInterim(HttpResponse response) {
		return response.status().codeClass() == HttpStatusClass.INFORMATIONAL && !isSwitch(response);
	}

	private static void switchProtocols(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise,
			ChannelHandler next) {
		Channel channel = ctx.channel();
		ChannelPipeline pipeline = channel.pipeline();
		// It would close the connection behind a response if the client or a limit wants
		// that, and it would wait for requests.
		removeIfPresent(pipeline, NettyPipeline.HttpTrafficHandler);
		// Reactor Netty gives every response without a body a length.
		response.headers().remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
		ctx.write(response, promise);
		// Before the promise is kept: Reactor Netty would regard the connection as idle.
		ChannelOperations<?, ?> http = ChannelOperations.get(channel);
		if (http != null) {
			http.rebind(new TunnelOperations(http));
		}
		ctx.flush();
		String decoder = nameOfDecoder(pipeline);
		if (decoder == null) {
			channel.close();
			return;
		}
		pipeline.addAfter(decoder, SUCCESSOR, next);
		pipeline.remove(decoder);
		EarlyBytes.release(channel);
	}

	private static void removeIfPresent(ChannelPipeline pipeline, String name) {
		if (pipeline.context(name) != null) {
			pipeline.remove(name);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		Successor next = this.successor;
		this.successor = null;
		if (next != null) {
			next.abandoned().run();
		}
		ctx.fireChannelInactive();
	}

	private record Successor(ChannelHandler handler, Runnable abandoned) {
	}

}
