package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Web filters of the host in front of a Node application.
 */
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@EnumSource(value = IoMode.class, names = { "SERVER_LOOPS", "OWN_LOOPS" })
class WebFilterIntegrationTests {

	@TempDir
	private static Path root;

	private static NodeHost host;

	@Parameter
	private IoMode mode;

	@BeforeParameterizedClassInvocation
	static void start(IoMode mode) {
		host = mode.apply(NodeHost.in(root))
			.script("mirror.js", AbstractRequestForwardingTests.SCRIPT)
			.script("raw.js", RawNode.SCRIPT)
			.application("mirror", "mirror.js", "/**")
			.application("raw", "raw.js", "/raw/**")
			.sources(Filters.class)
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		host.close();
	}

	@AfterAll
	static void noBufferIsLeaked(CapturedOutput output) {
		Leaks.assertNone(output);
	}

	@AfterEach
	void noSlotIsLeaked() {
		Wire.awaitIdle(host, "raw");
		Wire.awaitIdle(host, "mirror");
	}

	@Test
	void changedRequestHeadersReachNode() {
		assertThat(mirror("GET /a%2Fb?c HTTP/1.1\r\nHost: a\r\nX-Filter: headers\r\nX-Removed: 1\r\nX-Kept: 2\r\n\r\n"))
			.contains("header X-Added: 1", "header X-Added: 2", "header X-Kept: 2", "GET /a%2Fb?c HTTP/1.1")
			.noneMatch((line) -> line.contains("X-Removed"));
	}

	@Test
	void changedRequestBodyReachesNode() {
		assertThat(mirror("POST / HTTP/1.1\r\nHost: a\r\nX-Filter: upload\r\nTransfer-Encoding: chunked\r\n\r\n"
				+ "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"))
			.contains("body HELLO WORLD");
	}

	@Test
	void requestBodyReachesNodeThoughAFilterHasRemovedItsLength() {
		try (RawClient client = host.connect()) {
			assertThat(upload(client, "longer-without-length").body().lines()).contains("body hellomore",
					"header transfer-encoding: chunked");
			assertThat(upload(client, "none").body().lines()).contains("body hello");
		}
	}

	@Test
	void clientCannotNameAwayWhatAFilterHasAdded() {
		assertThat(mirror("GET / HTTP/1.1\r\nHost: a\r\nX-Filter: headers\r\nX-Kept: 1\r\n"
				+ "Connection: X-Added, x-kept, keep-alive\r\n\r\n"))
			.contains("header X-Added: 1", "header X-Added: 2")
			.noneMatch((line) -> line.contains("X-Kept"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "thread", "headers", "thread-headers" })
	void trailersReachNodeWhateverTheFilterDoes(String filter) {
		assertThat(mirror("POST / HTTP/1.1\r\nHost: a\r\nX-Filter: " + filter + "\r\nTransfer-Encoding: chunked\r\n\r\n"
				+ "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"))
			.contains("body hello", "trailer X-Sum: 1");
	}

	@Test
	void targetThatIsNoUriReachesNodeAfterAChangeOfThreads() {
		assertThat(mirror("GET /a|b?{c} HTTP/1.1\r\nHost: a\r\nX-Filter: thread\r\n\r\n"))
			.contains("GET /a|b?{c} HTTP/1.1");
	}

	@Test
	void failingRequestBodyIsAnsweredAsTheFilterSays() {
		try (RawClient client = host.connect()) {
			RawResponse response = client
				.send("POST / HTTP/1.1\r\nHost: a\r\nX-Filter: refuse-upload\r\n" + "Content-Length: 5\r\n\r\nhello")
				.response();
			assertThat(response.status()).isEqualTo(413);
		}
	}

	@Test
	void requestBodyShorterThanAnnouncedIsRefused() {
		try (RawClient client = host.connect()) {
			assertThat(upload(client, "shorter").status()).isEqualTo(400);
		}
	}

	@Test
	void whatExceedsTheAnnouncedLengthOfARequestBodyNeverReachesNode() {
		for (int i = 0; i < 5; i++) {
			try (RawClient client = host.connect()) {
				RawResponse response = upload(client, "longer");
				if (response.status() != 400) {
					// Node was faster than the rest.
					assertThat(response.body().lines()).contains("body hello");
				}
			}
			try (RawClient client = host.connect()) {
				assertThat(upload(client, "none").body().lines()).contains("body hello");
			}
		}
	}

	private static RawResponse upload(RawClient client, String filter) {
		return client.send("POST / HTTP/1.1\r\nHost: a\r\nX-Filter: " + filter + "\r\nContent-Length: 5\r\n\r\nhello")
			.response();
	}

	@Test
	void headersAndCookiesOfTheHostAreAddedAndNodeHasTheLastWord() {
		RawResponse response = raw("add-headers",
				"HTTP/1.1 200 OK\r\nX-Both: node\r\nX-Node: 1\r\n" + "Content-Length: 2\r\n\r\nok");
		assertThat(response.headers("X-Host")).containsExactly("1");
		assertThat(response.headers("X-Node")).containsExactly("1");
		assertThat(response.headers("X-Both")).containsExactly("node");
		assertThat(response.headers("X-Committed")).containsExactly("1");
		assertThat(response.headers("Set-Cookie")).containsExactly("host=1");
		assertThat(response.body()).isEqualTo("ok");
	}

	@ParameterizedTest
	@EnumSource(Answer.class)
	void wrappedResponseBodyIsChanged(Answer answer) {
		assertThat(raw("upper", answer.pieces).body()).isEqualTo("HELLO WORLD");
	}

	@ParameterizedTest
	@EnumSource(Answer.class)
	void responseBodyThatAFilterTruncatesDoesNotHang(Answer answer) {
		try (RawClient client = host.connect()) {
			for (int i = 0; i < 3; i++) {
				RawResponse response = raw(client, "take-one", answer.pieces);
				assertThat(response.complete()).isTrue();
				assertThat("hello world").startsWith(response.body());
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Answer.class)
	void responseBodyThatAFilterReplacesIsNotLeaked(Answer answer) {
		assertThat(raw("replace", answer.pieces).body()).isEqualTo("replaced");
	}

	@ParameterizedTest
	@EnumSource(Answer.class)
	void responseBodyThatAFilterDropsIsNotLeaked(Answer answer) {
		assertThat(raw("drop", answer.pieces).body()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(value = Answer.class, names = { "PIECES" })
	void responseBodyThatAFilterBreaksIsCut(Answer answer) {
		assertThat(raw("break", answer.pieces).complete()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(Answer.class)
	void responseThatAFilterHasSentIsNotFollowedByThatOfNode(Answer answer) {
		try (RawClient client = host.connect()) {
			assertThat(raw(client, "answer-first", answer.pieces).body()).isEqualTo("first");
			assertThat(raw(client, "none", answer.pieces).body()).isEqualTo("hello world");
		}
	}

	private static List<String> mirror(String request) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.send(request).response();
			assertThat(response.status()).isEqualTo(200);
			return response.body().lines().toList();
		}
	}

	private static RawResponse raw(String filter, String... pieces) {
		try (RawClient client = host.connect()) {
			return raw(client, filter, pieces);
		}
	}

	private static RawResponse raw(RawClient client, String filter, String... pieces) {
		return client
			.send("GET /raw/ HTTP/1.1\r\nHost: a\r\nX-Filter: " + filter + "\r\n" + RawNode.answering(pieces) + "\r\n")
			.response();
	}

	/**
	 * Ways in which node answers.
	 */
	enum Answer {

		WHOLE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n"),

		PIECES("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "6\r\n world\r\n",
				"0\r\n\r\n"),

		TRAILERS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\nX-Sum: 1\r\n\r\n");

		private final String[] pieces;

		Answer(String... pieces) {
			this.pieces = pieces;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Filters {

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> {
				String name = exchange.getRequest().getHeaders().getFirst("X-Filter");
				return (name != null) ? filter(name, exchange, chain) : chain.filter(exchange);
			};
		}

		private static Mono<Void> filter(String name, ServerWebExchange exchange, WebFilterChain chain) {
			return switch (name) {
				case "thread" -> chain.filter(exchange).subscribeOn(Schedulers.boundedElastic());
				case "headers" -> chain.filter(withHeaders(exchange));
				case "thread-headers" -> chain.filter(withHeaders(exchange)).subscribeOn(Schedulers.boundedElastic());
				case "upload" -> chain.filter(withBody(exchange, (body) -> body.map(Filters::upper)));
				case "refuse-upload" -> chain.filter(withBody(exchange, Filters::refused));
				case "shorter" -> chain.filter(withBody(exchange, (body) -> body.flatMap(Filters::released)));
				case "longer" -> chain.filter(withBody(exchange, (body) -> body.concatWith(text(exchange, "more"))));
				case "longer-without-length" ->
					chain.filter(withoutLength(withBody(exchange, (body) -> body.concatWith(text(exchange, "more")))));
				case "add-headers" -> chain.filter(withAddedHeaders(exchange));
				case "upper" -> chain.filter(withResponse(exchange, (body) -> Flux.from(body).map(Filters::upper)));
				case "take-one" -> chain.filter(withResponse(exchange, (body) -> Flux.from(body).take(1)));
				case "replace" -> chain.filter(withResponse(exchange, (body) -> text(exchange, "replaced")));
				case "drop" -> chain.filter(withResponse(exchange, (body) -> Flux.empty()));
				case "break" -> chain.filter(withResponse(exchange,
						(body) -> Flux.from(body).concatWith(Flux.error(new IllegalStateException("broken")))));
				case "answer-first" ->
					exchange.getResponse().writeWith(text(exchange, "first")).then(chain.filter(exchange));
				default -> chain.filter(exchange);
			};
		}

		private static ServerWebExchange withHeaders(ServerWebExchange exchange) {
			return exchange.mutate().request((request) -> request.headers((headers) -> {
				headers.add("X-Added", "1");
				headers.add("X-Added", "2");
				headers.remove("X-Removed");
			})).build();
		}

		private static ServerWebExchange withoutLength(ServerWebExchange exchange) {
			return exchange.mutate()
				.request((request) -> request.headers((headers) -> headers.remove("Content-Length")))
				.build();
		}

		private static ServerWebExchange withAddedHeaders(ServerWebExchange exchange) {
			ServerHttpResponse response = exchange.getResponse();
			response.getHeaders().add("X-Host", "1");
			response.getHeaders().add("X-Both", "host");
			response.addCookie(ResponseCookie.from("host", "1").build());
			response.beforeCommit(() -> {
				response.getHeaders().add("X-Committed", "1");
				return Mono.empty();
			});
			return exchange;
		}

		private static ServerWebExchange withBody(ServerWebExchange exchange, Wrapper wrapper) {
			ServerHttpRequest request = new ServerHttpRequestDecorator(exchange.getRequest()) {

				@Override
				public Flux<DataBuffer> getBody() {
					return Flux.from(wrapper.wrap(super.getBody()));
				}

			};
			return exchange.mutate().request(request).build();
		}

		private static ServerWebExchange withResponse(ServerWebExchange exchange, Wrapper wrapper) {
			ServerHttpResponse response = new ServerHttpResponseDecorator(exchange.getResponse()) {

				@Override
				public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
					return super.writeWith(wrapper.wrap(Flux.from(body)));
				}

			};
			return exchange.mutate().response(response).build();
		}

		private static Flux<DataBuffer> refused(Flux<DataBuffer> body) {
			return body.flatMap(Filters::released)
				.concatWith(Flux.error(new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE)));
		}

		private static Mono<DataBuffer> released(DataBuffer buffer) {
			DataBufferUtils.release(buffer);
			return Mono.empty();
		}

		private static DataBuffer upper(DataBuffer buffer) {
			String text = buffer.toString(StandardCharsets.US_ASCII);
			buffer.readPosition(0).writePosition(0);
			return buffer.write(text.toUpperCase(Locale.ROOT), StandardCharsets.US_ASCII);
		}

		private static Mono<DataBuffer> text(ServerWebExchange exchange, String text) {
			return Mono.fromSupplier(
					() -> exchange.getResponse().bufferFactory().wrap(text.getBytes(StandardCharsets.US_ASCII)));
		}

		private interface Wrapper {

			Publisher<DataBuffer> wrap(Flux<DataBuffer> body);

		}

	}

}
