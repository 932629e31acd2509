package io.iisnode.protocol;

import java.util.Arrays;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeaderRules}.
 */
class HeaderRulesTests {

	@Test
	void requestKeepsEndToEndFieldsInTheirOrder() {
		assertThat(toNode(false, "Host: a", "b: 1", "A: 2", "B: 3", "b: 1")).containsExactly("Host: a", "b: 1", "A: 2",
				"B: 3", "b: 1", "connection: keep-alive");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: close", "connection: close", "Keep-Alive: timeout=5",
			"Proxy-Connection: close", "TE: trailers", "Transfer-Encoding: chunked", "Upgrade: h2c" })
	void requestLosesFieldsOfItsConnection(String field) {
		assertThat(toNode(false, "Host: a", field)).containsExactly("Host: a", "connection: keep-alive");
		assertThat(toClient(field, "A: 1")).containsExactly("A: 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "A", "close,a", "close , a", ",,a" })
	void fieldsThatConnectionNamesAreRemoved(String value) {
		assertThat(toNode(false, "Host: a", "Connection: " + value, "A: 1", "b: 2", "a: 3")).containsExactly("Host: a",
				"b: 2", "connection: keep-alive");
		assertThat(toClient("Connection: " + value, "A: 1", "b: 2", "a: 3")).containsExactly("b: 2");
	}

	@Test
	void lengthAndHostCannotBeNamedAway() {
		assertThat(toNode(true, "Host: a", "Connection: Content-Length, HOST", "Content-Length: 5"))
			.containsExactly("Host: a", "Content-Length: 5", "connection: keep-alive");
		assertThat(toClient("Connection: content-length", "Content-Length: 5")).containsExactly("Content-Length: 5");
	}

	@Test
	void whoTheClientIsCannotBeNamedAway() {
		assertThat(toNode(false, "Host: a", "Connection: X-Forwarded-For", "X-Forwarded-For: 1.2.3.4"))
			.contains("X-Forwarded-For: 1.2.3.4");
	}

	@Test
	void bodyOfUnknownLengthIsChunked() {
		assertThat(toNode(true, "Host: a", "Transfer-Encoding: gzip, chunked")).containsExactly("Host: a",
				"transfer-encoding: chunked", "connection: keep-alive");
	}

	@Test
	void requestWithoutHostGetsOne() {
		assertThat(toNode(false)).containsExactly("host: localhost", "connection: keep-alive");
	}

	@Test
	void sizeIsThatOnTheWire() {
		String wire = "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Long-Name: value\r\n";
		assertThat(HeaderRules.sizeOf(new Request(HttpMethod.GET, "/a?b", headers("Host: a", "X-Long-Name: value"))))
			.isEqualTo(wire.length());
	}

	private static List<String> toNode(boolean body, String... fields) {
		HttpRequest head = HeaderRules.toNode(new Request(HttpMethod.GET, "/a", headers(fields)), body, false);
		assertThat(head.uri()).isEqualTo("/a");
		return lines(head.headers());
	}

	private static List<String> toClient(String... fields) {
		HttpHeaders headers = headers(fields);
		HeaderRules.toClient(headers);
		return lines(headers);
	}

	private static HttpHeaders headers(String... fields) {
		HttpHeaders headers = new DefaultHttpHeaders();
		Arrays.stream(fields).map((field) -> field.split(": ", 2)).forEach((field) -> headers.add(field[0], field[1]));
		return headers;
	}

	private static List<String> lines(HttpHeaders headers) {
		return headers.entries().stream().map((field) -> field.getKey() + ": " + field.getValue()).toList();
	}

	private record Request(HttpMethod method, String target, HttpHeaders headers) implements ClientRequest {

		@Override
		public String id() {
			return "1";
		}

		@Override
		public Flux<ByteBuf> body() {
			return Flux.empty();
		}

		@Override
		public HttpHeaders trailers() {
			return EmptyHttpHeaders.INSTANCE;
		}

	}

}
