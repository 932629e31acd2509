package io.iisnode.web;

import java.io.IOException;
import java.security.Principal;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import io.iisnode.application.NodeApplication;
import io.iisnode.protocol.ClientRequest;
import io.iisnode.protocol.ClientResponse;
import io.iisnode.protocol.UpgradeRequest;

/**
 * A client of WebFlux on Reactor Netty. What web filters have changed (header fields, the
 * body, in either direction) is respected; the rest is taken from Reactor Netty itself,
 * since only there it is still as the client sent it.
 */
final class ReactorNettyClient implements ClientRequest, ClientResponse {

	/** The request of Spring over Reactor Netty that no filter has replaced. */
	private static final String PLAIN_REQUEST = "org.springframework.http.server.reactive.ReactorServerHttpRequest";

	private final NodeApplication application;

	private final ServerHttpRequest request;

	private final ServerHttpResponse response;

	private final HttpServerRequest nativeRequest;

	private final HttpServerResponse nativeResponse;

	private final Channel channel;

	/** Remembered, because a connection that is closed has lost it. */
	private final FrontHandler front;

	private final HttpHeaders headers;

	private final ClientFields fields;

	private final ClientFacts facts;

	/**
	 * Fields that the host adds to the response; null: none.
	 */
	private @Nullable Consumer<HttpHeaders> addition;

	private BodyLimit bodyLimit = BodyLimit.NONE;

	ReactorNettyClient(ServerWebExchange exchange, NodeApplication application, ClientFields fields,
			@Nullable Principal principal) {
		this.application = application;
		this.request = exchange.getRequest();
		this.response = exchange.getResponse();
		Object nativeOne = ServerHttpRequestDecorator.getNativeRequest(this.request);
		if (!(nativeOne instanceof HttpServerRequest reactorRequest)) {
			throw new IllegalStateException("Node applications need Reactor Netty as the web server, but this request"
					+ " came from " + nativeOne.getClass().getName()
					+ ". Remove other servers and use spring-boot-starter-webflux.");
		}
		this.nativeRequest = reactorRequest;
		this.nativeResponse = ServerHttpResponseDecorator.getNativeResponse(this.response);
		this.channel = ((Connection) reactorRequest).channel();
		this.front = FrontHandler.of(this.channel);
		this.headers = received();
		this.fields = fields;
		this.facts = new ClientFacts(this.request, reactorRequest, principal,
				fields.trust(reactorRequest.connectionRemoteAddress()));
	}

	private HttpHeaders received() {
		HttpHeaders received = isPlain() ? this.nativeRequest.requestHeaders() : copyOf(this.request.getHeaders());
		if (Http2Stream.is(this.channel)) {
			return Http2Stream.sent(received);
		}
		if (!this.nativeRequest.version().isKeepAliveDefault() && received.contains(HttpHeaderNames.EXPECT)) {
			// Not to be fulfilled (RFC 9110, section 10.1.1), but node gets HTTP/1.1.
			return DefaultHttpHeadersFactory.headersFactory()
				.withValidation(false)
				.newHeaders()
				.add(received)
				.remove(HttpHeaderNames.EXPECT);
		}
		return received;
	}

	private boolean isPlain() {
		return this.request.getClass().getName().equals(PLAIN_REQUEST);
	}

	private static HttpHeaders copyOf(org.springframework.http.HttpHeaders source) {
		HttpHeaders copy = new DefaultHttpHeaders();
		source.forEach(copy::add);
		return copy;
	}

	/**
	 * The event loop that serves a request.
	 * @return null if the server is another one than Reactor Netty
	 */
	static @Nullable EventLoop eventLoopOf(ServerHttpRequest request) {
		return (ServerHttpRequestDecorator.getNativeRequest(request) instanceof Connection connection)
				? connection.channel().eventLoop() : null;
	}

	EventLoop eventLoop() {
		return this.channel.eventLoop();
	}

	boolean isConnected() {
		return this.channel.isActive();
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

	@Override
	public String id() {
		return this.request.getId();
	}

	@Override
	public HttpMethod method() {
		return HttpMethod.valueOf(this.request.getMethod().name());
	}

	@Override
	public String target() {
		return RequestTarget.originForm(this.nativeRequest.method(), sentTarget());
	}

	private String sentTarget() {
		String original = this.front.target();
		return (original != null) ? original : this.nativeRequest.uri();
	}

	/**
	 * Why the request must not reach an application.
	 * @return what is wrong with it, null if nothing is
	 */
	@Nullable String fault() {
		return RequestRules.fault(this.nativeRequest.version(), this.nativeRequest.method(), sentTarget(),
				this.headers);
	}

	@Override
	public HttpHeaders headers() {
		return this.headers;
	}

	@Override
	public boolean hasBody() {
		// A filter that changes a body removes its length, and may not tell another.
		return this.headers.contains(HttpHeaderNames.CONTENT_LENGTH) ? ClientRequest.super.hasBody()
				: UpgradeRequest.hasBody(this.nativeRequest.requestHeaders()) || ClientRequest.super.hasBody();
	}

	@Override
	public boolean canBeNamedAway(String name, CharSequence value) {
		return isSent(name, value) && !ClientFields.tellsClient(name);
	}

	@Override
	public boolean withholds(String name, CharSequence value) {
		return this.fields.withhold(name, this.facts.trusted()) && isSent(name, value);
	}

	/**
	 * Whether the client sent a field. What web filters have set is the host's own word.
	 */
	private boolean isSent(String name, CharSequence value) {
		return isPlain() || this.nativeRequest.requestHeaders().contains(name, value.toString(), false);
	}

	@Override
	public void tell(HttpHeaders target) {
		this.fields.tell(target, this.headers, this.facts);
	}

	/**
	 * Sets the longest body that is passed on.
	 * @return false if it is known to be longer
	 */
	boolean limitBody(long limit) {
		this.bodyLimit = new BodyLimit(limit);
		return this.bodyLimit.allows(this.headers);
	}

	@Override
	public Flux<ByteBuf> body() {
		return this.request.getBody()
			.map(NettyDataBufferFactory::toByteBuf)
			.map(this.bodyLimit::count)
			// HTTP/2: a body that is not as long as its Content-Length.
			.onErrorMap((ex) -> ex instanceof AbortedException || ex instanceof Http2Exception,
					(ex) -> new IOException(ex.getMessage(), ex))
			.concatWith(Mono.defer(this::endOfBody));
	}

	private Mono<ByteBuf> endOfBody() {
		// Node must not take the part for the whole; the client has its answer already.
		return this.front.isBodyBroken() ? Mono.error(new IOException("The request body is malformed")) : Mono.empty();
	}

	@Override
	public HttpHeaders trailers() {
		// A proxy that is trusted checks header fields, and may pass these on as they
		// are.
		return this.headers.contains(HttpHeaderNames.CONTENT_LENGTH) ? EmptyHttpHeaders.INSTANCE
				: Trailers.toNode(this.front.trailers(), (name) -> this.fields.withhold(name, false));
	}

	@Override
	public void interim(HttpResponse head) {
		// HTTP/1.0 knows none (RFC 9110, section 15.2).
		if (this.nativeRequest.version().isKeepAliveDefault()) {
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
				return eventLoop().inEventLoop() ? end : end.subscribeOn(Schedulers.fromExecutor(eventLoop()));
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
	public boolean isUpgradable() {
		return this.nativeRequest.version().equals(HttpVersion.HTTP_1_1)
				&& UpgradeAttempt.nameOfDecoder(this.channel.pipeline()) != null;
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
		boolean chunks = this.nativeRequest.version().isKeepAliveDefault();
		if (!chunks && !OpenRequest.canHalfClose(this.channel)) {
			return null;
		}
		OpenRequest open = new OpenRequest(this.front, gone,
				() -> !chunks && !this.nativeResponse.responseHeaders().contains(HttpHeaderNames.CONTENT_LENGTH));
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
		if (!this.nativeRequest.version().isKeepAliveDefault()) {
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

	boolean isSecure() {
		return this.facts.isSecure();
	}

	void addToResponse(Consumer<HttpHeaders> fields) {
		this.addition = fields;
	}

	/**
	 * HTTP/1.0 knows no chunks, but Reactor Netty would send them, and keeps a connection
	 * only if that is said.
	 */
	private void applyHttp10(HttpHeaders target) {
		target.remove(HttpHeaderNames.TRANSFER_ENCODING);
		if (this.headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true)) {
			target.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
		}
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void whenWritable(Runnable action) {
		this.channel.eventLoop().execute(() -> this.front.whenWritable(this.channel, action));
	}

}
