package io.iisnode.web;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

import io.iisnode.application.NodeApplication;
import io.iisnode.protocol.ClientResponse;

/**
 * The response to a {@link ReactorNettyRequest}. It passes through what web filters have
 * put around it, unless it is of the kind that they do not know: interim responses,
 * trailers, the end of a protocol.
 */
final class ReactorNettyResponse implements ClientResponse {

	private final NodeApplication application;

	private final ReactorNettyRequest request;

	private final ServerHttpResponse response;

	private final HttpServerResponse nativeResponse;

	private final Channel channel;

	/**
	 * Fields that the host adds to the response; null: none.
	 */
	private @Nullable Consumer<HttpHeaders> addition;

	ReactorNettyResponse(NodeApplication application, ReactorNettyRequest request, ServerHttpResponse response) {
		this.application = application;
		this.request = request;
		this.response = response;
		this.nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
		this.channel = request.channel();
	}

	/**
	 * Cuts the connection, so that the client sees that something is missing.
	 */
	void cut() {
		if (Http2Stream.is(this.channel)) {
			Http2Stream.cut(this.channel);
		}
		else {
			this.channel.close();
		}
	}

	void addToResponse(Consumer<HttpHeaders> fields) {
		this.addition = fields;
	}

	@Override
	public void interim(HttpResponse head) {
		// HTTP/1.0 knows none (RFC 9110, section 15.2).
		if (!this.request.isHttp10()) {
			execute(() -> writeInterim(head));
		}
	}

	/**
	 * Runs at once where that is possible, and always before what is written later.
	 */
	private void execute(Runnable action) {
		if (this.channel.eventLoop().inEventLoop()) {
			action.run();
		}
		else {
			this.channel.eventLoop().execute(action);
		}
	}

	private void writeInterim(HttpResponse head) {
		// Below Reactor Netty's own handler, which would count it as the response.
		ChannelHandlerContext context = this.channel.pipeline().context(NettyPipeline.HttpTrafficHandler);
		// There may be any number of them, and a client that does not read them.
		if (context != null && this.channel.isWritable()) {
			context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, head.status(),
					Unpooled.EMPTY_BUFFER, head.headers(), EmptyHttpHeaders.INSTANCE));
		}
	}

	@Override
	public Mono<Void> send(HttpResponse head, @Nullable ByteBuf body) {
		// Web filters may take something else.
		AtomicReference<@Nullable ByteBuf> untaken = new AtomicReference<>(body);
		return Mono.defer(() -> {
			applyHead(head);
			if (body == null || !body.isReadable()) {
				// Completed by the thread that reads the next request.
				Mono<Void> end = this.response.setComplete();
				return this.channel.eventLoop().inEventLoop() ? end
						: end.subscribeOn(Schedulers.fromExecutor(this.channel.eventLoop()));
			}
			return this.response.writeWith(Mono.fromSupplier(() -> untaken.getAndSet(null)).map(buffers()::wrap));
		}).doFinally((signal) -> ReferenceCountUtil.release(untaken.getAndSet(null)));
	}

	@Override
	public Mono<Void> send(HttpResponse head, Flux<ByteBuf> body, Supplier<HttpHeaders> trailers) {
		return Mono.defer(() -> {
			applyHead(head);
			this.nativeResponse.trailerHeaders((target) -> Trailers.copy(trailers.get(), target));
			// The empty buffer is not sent, but makes Spring send the head without
			// waiting for the first piece of the body.
			return this.response.writeWith(body.startWith(Unpooled.EMPTY_BUFFER).map(buffers()::wrap));
		});
	}

	@Override
	public Mono<Void> upgrade(HttpResponse head, ChannelHandler successor, Runnable abandoned) {
		return Mono.defer(() -> {
			applyHead(head);
			// Reactor Netty writes the head, and later than this, when all filters are
			// done.
			execute(() -> UpgradeAttempt.expect(this.channel, successor, abandoned));
			return this.response.setComplete();
		});
	}

	@Override
	public @Nullable Runnable keepReceiving(Runnable gone) {
		boolean http10 = this.request.isHttp10();
		if (http10 && !OpenRequest.canHalfClose(this.channel)) {
			return null;
		}
		OpenRequest open = new OpenRequest(this.request.front(), gone,
				() -> http10 && !this.nativeResponse.responseHeaders().contains(HttpHeaderNames.CONTENT_LENGTH));
		execute(() -> open.begin(this.channel));
		return () -> execute(open::end);
	}

	private NettyDataBufferFactory buffers() {
		return (this.response.bufferFactory() instanceof NettyDataBufferFactory factory) ? factory
				: new NettyDataBufferFactory(this.channel.alloc());
	}

	void applyHead(HttpResponse head) {
		this.nativeResponse.status(head.status());
		HttpHeaders target = this.nativeResponse.responseHeaders();
		if (this.request.isHttp10()) {
			applyHttp10(target);
		}
		// Reactor Netty has set Transfer-Encoding; anything else is from a web filter.
		if (target.size() > 1) {
			for (Map.Entry<String, String> field : head.headers()) {
				target.remove(field.getKey());
			}
		}
		target.add(head.headers());
		if (this.addition != null) {
			this.addition.accept(target);
		}
		if (this.application.isHostStopping() && !Http2Stream.is(this.channel)) {
			target.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		}
	}

	/**
	 * HTTP/1.0 knows no chunks, but Reactor Netty would send them, and keeps a connection
	 * only if that is said.
	 */
	private void applyHttp10(HttpHeaders target) {
		target.remove(HttpHeaderNames.TRANSFER_ENCODING);
		if (this.request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true)) {
			target.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
		}
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void whenWritable(Runnable action) {
		this.channel.eventLoop().execute(() -> this.request.front().whenWritable(this.channel, action));
	}

}
