package io.iisnode.web;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ResourceHttpMessageWriter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.iisnode.protocol.ClientResponse;

/**
 * Sends a file where the application's response names one, else that response. The
 * application's status and header fields stay, but for those that belong to the body.
 */
final class HandOff implements ClientResponse {

	private static final String FIELD = "X-Accel-Redirect";

	private static final String PREFIX = "x-accel-";

	private static final ResolvableType RESOURCE = ResolvableType.forClass(Resource.class);

	private static final ResourceHttpMessageWriter WRITER = new ResourceHttpMessageWriter();

	private final ReactorNettyResponse response;

	private final ServerWebExchange exchange;

	private final HandedOffFiles files;

	HandOff(ReactorNettyResponse response, ServerWebExchange exchange, HandedOffFiles files) {
		this.response = response;
		this.exchange = exchange;
		this.files = files;
	}

	@Override
	public void interim(HttpResponse head) {
		this.response.interim(head);
	}

	@Override
	public Mono<Void> send(HttpResponse head, @Nullable ByteBuf body) {
		String name = head.headers().get(FIELD);
		if (name == null) {
			return this.response.send(head, body);
		}
		ReferenceCountUtil.release(body);
		return send(head, name);
	}

	@Override
	public Mono<Void> send(HttpResponse head, Flux<ByteBuf> body, Supplier<HttpHeaders> trailers) {
		String name = head.headers().get(FIELD);
		if (name == null) {
			return this.response.send(head, body, trailers);
		}
		// Nobody wants the body, so that node need not stay until the file is sent.
		return send(head, name).doOnSubscribe((subscription) -> body.subscribe(new Refusal()));
	}

	private Mono<Void> send(HttpResponse head, String name) {
		return Mono.fromCallable(() -> this.files.find(name))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((file) -> send(head, file));
	}

	private Mono<Void> send(HttpResponse head, Path file) {
		HttpHeaders fields = head.headers();
		List<String> own = fields.entries()
			.stream()
			.map(Map.Entry::getKey)
			.filter((field) -> field.regionMatches(true, 0, PREFIX, 0, PREFIX.length()))
			.toList();
		own.forEach(fields::remove);
		fields.remove(HttpHeaderNames.CONTENT_LENGTH)
			.remove(HttpHeaderNames.ETAG)
			.remove(HttpHeaderNames.LAST_MODIFIED);
		MediaType type = type(fields.get(HttpHeaderNames.CONTENT_TYPE));
		this.response.applyHead(head);
		Resource resource = new Named(file, type != null);
		if (head.status().equals(HttpResponseStatus.OK) && this.exchange.checkNotModified(StaticFiles.etag(resource),
				Instant.ofEpochMilli(file.toFile().lastModified()))) {
			return this.exchange.getResponse().setComplete();
		}
		HttpMethod method = this.exchange.getRequest().getMethod();
		if (HttpMethod.HEAD.equals(method)) {
			return WRITER.addDefaultHeaders(this.exchange.getResponse(), resource, type, Map.of())
				.then(this.exchange.getResponse().setComplete());
		}
		// What is no answer to a GET has no ranges (RFC 9110, section 14.2).
		boolean ranges = HttpMethod.GET.equals(method) && head.status().equals(HttpResponseStatus.OK);
		return ranges
				? WRITER.write(Mono.just(resource), null, RESOURCE, type, this.exchange.getRequest(),
						this.exchange.getResponse(), Map.of())
				: WRITER.write(Mono.just(resource), RESOURCE, type, this.exchange.getResponse(), Map.of());
	}

	private static @Nullable MediaType type(@Nullable String value) {
		try {
			return (value != null) ? MediaType.parseMediaType(value) : null;
		}
		catch (InvalidMediaTypeException ex) {
			return MediaType.APPLICATION_OCTET_STREAM;
		}
	}

	@Override
	public Mono<Void> upgrade(HttpResponse head, ChannelHandler successor, Runnable abandoned) {
		return this.response.upgrade(head, successor, abandoned);
	}

	@Override
	public @Nullable Runnable keepReceiving(Runnable gone) {
		return this.response.keepReceiving(gone);
	}

	@Override
	public boolean isWritable() {
		return this.response.isWritable();
	}

	@Override
	public void whenWritable(Runnable action) {
		this.response.whenWritable(action);
	}

	/**
	 * Takes nothing of a body, so that it is given up.
	 */
	private static final class Refusal extends BaseSubscriber<ByteBuf> {

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			subscription.cancel();
		}

	}

	/**
	 * A file whose name tells its type only where the application has not.
	 */
	private static final class Named extends FileSystemResource {

		private final boolean typed;

		Named(Path file, boolean typed) {
			super(file);
			this.typed = typed;
		}

		@Override
		public String getFilename() {
			return this.typed ? "file" : super.getFilename();
		}

	}

}
