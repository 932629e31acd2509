package io.iisnode.web;

import java.io.IOException;
import java.security.Principal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;

import io.iisnode.protocol.ClientRequest;
import io.iisnode.protocol.UpgradeRequest;

/**
 * A request of WebFlux on Reactor Netty. What web filters have changed (header fields,
 * the body) is respected; the rest is taken from Reactor Netty itself, since only there
 * it is still as the client sent it.
 */
final class ReactorNettyRequest implements ClientRequest {

	/** The request of Spring over Reactor Netty that no filter has replaced. */
	private static final String PLAIN_REQUEST = "org.springframework.http.server.reactive.ReactorServerHttpRequest";

	private final ServerHttpRequest request;

	private final HttpServerRequest nativeRequest;

	private final Channel channel;

	/** Remembered, because a connection that is closed has lost it. */
	private final FrontHandler front;

	private final HttpHeaders headers;

	private final ClientFields fields;

	private final ClientFacts facts;

	private BodyLimit bodyLimit = BodyLimit.NONE;

	ReactorNettyRequest(ServerHttpRequest request, ClientFields fields, @Nullable Principal principal) {
		this.request = request;
		Object nativeOne = ServerHttpRequestDecorator.getNativeRequest(request);
		if (!(nativeOne instanceof HttpServerRequest reactorRequest)) {
			throw new IllegalStateException("Node applications need Reactor Netty as the web server, but this request"
					+ " came from " + nativeOne.getClass().getName()
					+ ". Remove other servers and use spring-boot-starter-webflux.");
		}
		this.nativeRequest = reactorRequest;
		this.channel = ((Connection) reactorRequest).channel();
		this.front = FrontHandler.of(this.channel);
		this.headers = received();
		this.fields = fields;
		this.facts = new ClientFacts(request, reactorRequest, principal,
				fields.trust(reactorRequest.connectionRemoteAddress()));
	}

	private HttpHeaders received() {
		HttpHeaders received = isPlain() ? this.nativeRequest.requestHeaders() : copyOf(this.request.getHeaders());
		if (Http2Stream.is(this.channel)) {
			return Http2Stream.sent(received);
		}
		if (isHttp10() && received.contains(HttpHeaderNames.EXPECT)) {
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

	Channel channel() {
		return this.channel;
	}

	/** What is known of the connection. */
	FrontHandler front() {
		return this.front;
	}

	/**
	 * Whether the client knows neither chunks nor interim responses.
	 */
	boolean isHttp10() {
		return !this.nativeRequest.version().isKeepAliveDefault();
	}

	boolean isSecure() {
		return this.facts.isSecure();
	}

	boolean isConnected() {
		return this.channel.isActive();
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
	public boolean isUpgradable() {
		return this.nativeRequest.version().equals(HttpVersion.HTTP_1_1)
				&& UpgradeAttempt.nameOfDecoder(this.channel.pipeline()) != null;
	}

}
