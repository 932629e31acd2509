package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client gets of an answer, byte by byte.
 */
abstract class AbstractResponseForwardingTests {

	private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

	@Test
	void statusAndCustomReasonArePassed() {
		RawResponse response = exchange("HTTP/1.1 299 Quite Special: \"yes\"\r\nContent-Length: 2\r\n\r\nok");
		assertThat(response.status()).isEqualTo(299);
		assertThat(response.reason()).isEqualTo("Quite Special: \"yes\"");
		assertThat(response.body()).isEqualTo("ok");
	}

	@Test
	void emptyReasonIsPassed() {
		RawResponse response = exchange("HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\nok");
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("ok");
	}

	@Test
	void repeatedHeadersKeepTheirOrderAndSpelling() {
		RawResponse response = exchange("""
				HTTP/1.1 200 OK
				X-One: 1
				set-cookie: a=1; Path=/
				x-TWO: 2
				X-One: 3
				Set-Cookie: b=2
				x-one:
				content-length: 2

				ok""".replace("\n", "\r\n"));
		assertThat(response.headers()).containsExactly("X-One: 1", "set-cookie: a=1; Path=/", "x-TWO: 2", "X-One: 3",
				"Set-Cookie: b=2", "x-one: ", "content-length: 2");
	}

	@Test
	void hopByHopHeadersAreRemovedAndThoseThatConnectionNames() {
		RawResponse response = exchange("""
				HTTP/1.1 200 OK
				Connection: X-Secret, keep-alive
				Connection: x-other
				X-Secret: 1
				X-OTHER: 2
				X-Secret: 3
				Keep-Alive: timeout=5
				Proxy-Connection: keep-alive
				X-Kept: 4
				Content-Length: 2

				ok""".replace("\n", "\r\n"));
		assertThat(response.headers()).containsExactly("X-Kept: 4", "Content-Length: 2");
	}

	@Test
	void connectionOfTheClientOutlivesThatOfNode() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 3; i++) {
				RawResponse response = exchange(client,
						"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
				assertThat(response.body()).isEqualTo("ok");
				assertThat(response.header("Connection")).isEmpty();
			}
		}
	}

	@Test
	void bytesBeyondAsciiInHeadersAreKept() {
		RawResponse response = exchange(
				"HTTP/1.1 200 OK\r\nX-Name: \u00e4\u00ff \u00e2\u0082\u00ac\r\nContent-Length: 2\r\n\r\nok");
		assertThat(response.header("X-Name")).contains("\u00e4\u00ff \u00e2\u0082\u00ac");
	}

	@Test
	void bodyOfKnownLengthKeepsItsLength() {
		RawResponse response = exchange("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "world");
		assertThat(response.headers()).containsExactly("Content-Length: 10");
		assertThat(response.body()).isEqualTo("helloworld");
	}

	@Test
	void emptyBodyIsPassed() {
		RawResponse response = exchange("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		assertThat(response.headers()).containsExactly("Content-Length: 0");
		assertThat(response.complete()).isTrue();
	}

	@Test
	void chunkedBodyIsPassedWithItsTrailers() {
		RawResponse response = exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n",
				"5\r\nhello\r\n", "6;ext=1\r\n world\r\n", "0\r\nX-Sum: 1\r\nX-Undeclared: a\r\nX-Sum: 2\r\n\r\n");
		assertThat(response.body()).isEqualTo("hello world");
		assertThat(response.trailers()).containsExactly("X-Sum: 1", "X-Undeclared: a", "X-Sum: 2");
		assertThat(response.header("Trailer")).contains("X-Sum");
	}

	@Test
	void trailersOfAnAnswerThatComesAtOnceArePassed() {
		RawResponse response = exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
				+ "5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nX-Last: 2\r\n\r\n");
		assertThat(response.body()).isEqualTo("hello");
		// What frames a message is no trailer.
		assertThat(response.trailers()).containsExactly("X-Sum: 1", "X-Last: 2");
	}

	@Test
	void trailersOfAnEmptyBodyArePassed() {
		RawResponse response = exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n");
		assertThat(response.body()).isEmpty();
		assertThat(response.trailers()).containsExactly("X-Sum: 1");
	}

	@Test
	void bodyThatEndsWithTheConnectionIsPassed() {
		RawResponse response = request("GET", "X-Then: end\r\n", "HTTP/1.1 200 OK\r\n\r\nhello", " world");
		assertThat(response.complete()).isTrue();
		assertThat(response.body()).isEqualTo("hello world");
		assertThat(response.header("Transfer-Encoding")).contains("chunked");
	}

	@Test
	void http10AnswerIsPassed() {
		RawResponse response = request("GET", "X-Then: end\r\n", "HTTP/1.0 200 OK\r\nX-Old: 1\r\n\r\nhello");
		assertThat(response.header("X-Old")).contains("1");
		assertThat(response.body()).isEqualTo("hello");
	}

	@Test
	void http10ClientGetsAStreamWithoutChunks() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("GET /raw/ HTTP/1.0\r\nConnection: keep-alive\r\n"
					+ RawNode.answering("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
							"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n")
					+ "\r\n");
			RawResponse response = client.response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Transfer-Encoding")).isEmpty();
			assertThat(response.complete()).isTrue();
			assertThat(response.body()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: \"1\"\r\n\r\n",
			"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\nETag: \"1\"\r\n\r\n" })
	void headOfAKnownLengthHasNoBodyAndKeepsTheLength(String answer) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = request(client, "HEAD", "", answer);
			assertThat(response.headers()).containsExactly(answer.split("\r\n")[1], "ETag: \"1\"");
			assertThat(exchange(client, HELLO).body()).isEqualTo("hello");
		}
	}

	@Test
	void headOfAnUnknownLengthHasNoBodyAndNoLength() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = request(client, "HEAD", "",
					"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n");
			assertThat(response.header("Content-Length")).isEmpty();
			assertThat(response.header("X-A")).contains("1");
			assertThat(exchange(client, HELLO).body()).isEqualTo("hello");
		}
	}

	@Test
	void noContentHasNoBodyAndNoFraming() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = exchange(client, "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n");
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.headers()).containsExactly("X-A: 1");
			assertThat(exchange(client, HELLO).body()).isEqualTo("hello");
		}
	}

	@Test
	void notModifiedHasNoBodyAndKeepsItsFields() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = exchange(client,
					"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 12345\r\n\r\n");
			assertThat(response.status()).isEqualTo(304);
			assertThat(response.headers()).containsExactly("ETag: \"1\"", "Content-Length: 12345");
			RawResponse second = exchange(client, "HTTP/1.1 304 Not Modified\r\nETag: \"2\"\r\n\r\n");
			assertThat(second.headers()).containsExactly("ETag: \"2\"");
			assertThat(exchange(client, HELLO).body()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@EnumSource(Pieces.class)
	void interimResponsesArePassedInFrontOfTheFinalOne(Pieces pieces) {
		String[] answer = pieces.of("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n",
				"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: keep-alive\r\nLink: </b.js>\r\n\r\n", HELLO);
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			// The second time on connections that have been used.
			for (int i = 0; i < 2; i++) {
				assertThat(exchange(client, answer).status()).isEqualTo(100);
				assertThat(client.response().status()).isEqualTo(102);
				RawResponse hints = client.response();
				assertThat(hints.status()).isEqualTo(103);
				assertThat(hints.reason()).isEqualTo("Early Hints");
				assertThat(hints.headers()).containsExactly("Link: </a.css>", "Link: </b.js>");
				RawResponse response = client.response();
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.body()).isEqualTo("hello");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Pieces.class)
	void interimResponseToHeadIsPassed(Pieces pieces) {
		String[] answer = pieces.of("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n",
				"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			assertThat(request(client, "HEAD", "", answer).status()).isEqualTo(103);
			RawResponse response = client.responseToHead();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Content-Length")).contains("5");
			assertThat(exchange(client, HELLO).body()).isEqualTo("hello");
		}
	}

	@Test
	void interimResponseArrivesBeforeTheFinalOneIsMade() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("GET /raw/ HTTP/1.1\r\nHost: a\r\n"
					+ RawNode.answering("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") + "\r\n");
			assertThat(client.head().status()).isEqualTo(103);
		}
	}

	@Test
	void processThatNeverSaysContinueGetsTheBodyAllTheSame() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /raw/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nX-After: 5\r\n"
					+ RawNode.answering(HELLO) + "\r\n");
			assertThat(client.head().status()).isEqualTo(100);
			assertThat(client.send("12345").response().body()).isEqualTo("hello");
		}
	}

	@Test
	void largeResponseHeadIsPassed() {
		String value = "v".repeat(20_000);
		RawResponse response = exchange(
				"HTTP/1.1 200 OK\r\nX-Large: " + value + "\r\nX-Large: " + value + "\r\nContent-Length: 2\r\n\r\nok");
		assertThat(response.headers("X-Large")).containsExactly(value, value);
	}

	@ParameterizedTest
	@EnumSource(Pieces.class)
	void largeBodyIsPassed(Pieces pieces) {
		String half = "0123456789abcdef".repeat(1500);
		RawResponse response = exchange(pieces.of("HTTP/1.1 200 OK\r\nContent-Length: 48000\r\n\r\n", half, half));
		assertThat(response.bytes()).isEqualTo((half + half).getBytes(StandardCharsets.ISO_8859_1));
	}

	private static RawResponse exchange(String... pieces) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			return exchange(client, pieces);
		}
	}

	private static RawResponse exchange(RawClient client, String... pieces) {
		return request(client, "GET", "", pieces);
	}

	private static RawResponse request(String method, String fields, String... pieces) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			return request(client, method, fields, pieces);
		}
	}

	private static RawResponse request(RawClient client, String method, String fields, String... pieces) {
		client.send(method + " /raw/ HTTP/1.1\r\nHost: a\r\n" + fields + RawNode.answering(pieces) + "\r\n");
		return method.equals("HEAD") ? client.responseToHead() : client.response();
	}

	/**
	 * How an answer is cut into writes.
	 */
	enum Pieces {

		WHOLE, ONE_BY_ONE, BYTES_OF_THE_FIRST;

		String[] of(String... parts) {
			return switch (this) {
				case WHOLE -> new String[] { String.join("", parts) };
				case ONE_BY_ONE -> parts;
				case BYTES_OF_THE_FIRST -> {
					List<String> all = new ArrayList<>(List.of(parts[0].split("")));
					all.addAll(List.of(parts).subList(1, parts.length));
					yield all.toArray(String[]::new);
				}
			};
		}

	}

}
