package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What node gets of a request.
 */
abstract class AbstractRequestForwardingTests {

	/**
	 * Answers with the request as node has understood it, byte by byte.
	 */
	static final String SCRIPT = """
			const pairs = (label, raw) => raw.flatMap((value, i) => (i % 2) ? [] : [`${label} ${value}: ${raw[i + 1]}`]);
			require('http').createServer({ maxHeaderSize: 200000 }, (req, res) => {
			  const pieces = [];
			  req.on('data', (piece) => pieces.push(piece)).on('end', () => res.end([
			    `${req.method} ${req.url} HTTP/${req.httpVersion}`,
			    ...pairs('header', req.rawHeaders),
			    `body ${Buffer.concat(pieces).toString('latin1')}`,
			    ...pairs('trailer', req.rawTrailers)
			  ].join('\\n'), 'latin1'));
			}).listen(process.env.PORT);
			""";

	@ParameterizedTest
	@ValueSource(strings = { "/", "/a%2Fb", "/a%2fb%2F", "/a//b", "//a", "//a//", "///", "/a?", "/?", "/a?b?c", "/a??",
			"/a;x=1;y?z", "/a/./b/../c", "/%2e%2e/x", "/a%20b+c?d%20e+f", "/a?b=%E4%BD%A0", "/a?x[]=1&x[]=2",
			"/a?q=a|b", "/a?q={\"x\":\"^`<>\\\"}", "/{a}|b", "/a%?b%zz", "/a?http://b/c", "/a:b@c", "/a#b",
			"/a?next=//x" })
	void requestTargetIsKeptByteForByte(String target) {
		assertThat(mirror("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").get(0))
			.isEqualTo("GET " + target + " HTTP/1.1");
	}

	@ParameterizedTest
	@CsvSource({ "http://a/b%2Fc?d, /b%2Fc?d", "http://a, /", "http://a?b, /?b", "http://a:80//b, //b",
			"HTTP://a/b?http://c, /b?http://c" })
	void absoluteFormBecomesOriginForm(String absolute, String origin) {
		assertThat(mirror("GET " + absolute + " HTTP/1.1\r\nHost: a\r\n\r\n").get(0))
			.isEqualTo("GET " + origin + " HTTP/1.1");
	}

	@Test
	void asteriskFormOfOptionsIsPassed() {
		assertThat(mirror("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").get(0)).isEqualTo("OPTIONS * HTTP/1.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "M-SEARCH" })
	void methodIsPassed(String method) {
		assertThat(mirror(method + " /a HTTP/1.1\r\nHost: a\r\n\r\n").get(0)).isEqualTo(method + " /a HTTP/1.1");
	}

	@Test
	void repeatedHeadersKeepTheirOrderAndSpelling() {
		List<String> seen = mirror("""
				GET / HTTP/1.1
				Host: a.example:81
				X-One: 1
				cookie: a=1
				x-TWO: 2
				X-One: 3
				Cookie: b=2
				X-One:
				x-one: 1
				""".replace("\n", "\r\n") + "\r\n");
		assertThat(headers(seen)).containsExactly("Host: a.example:81", "X-One: 1", "cookie: a=1", "x-TWO: 2",
				"X-One: 3", "Cookie: b=2", "X-One: ", "x-one: 1");
	}

	@Test
	void hopByHopHeadersAreRemovedAndThoseThatConnectionNames() {
		List<String> seen = mirror("""
				GET / HTTP/1.1
				Host: a
				Connection: X-Secret, keep-alive
				Connection: x-other
				X-Secret: 1
				x-OTHER: 2
				X-Secret: 3
				Keep-Alive: timeout=5
				Proxy-Connection: keep-alive
				TE: trailers
				X-Kept: 4
				""".replace("\n", "\r\n") + "\r\n");
		assertThat(headers(seen)).containsExactly("Host: a", "X-Kept: 4");
	}

	@Test
	void whatFramesTheRequestCannotBeNamedAway() {
		List<String> seen = mirror("POST / HTTP/1.1\r\nHost: a\r\nConnection: content-length, host\r\n"
				+ "Content-Length: 5\r\n\r\nhello");
		assertThat(headers(seen)).containsExactly("Host: a", "Content-Length: 5");
		assertThat(seen).contains("body hello");
	}

	@Test
	void bytesBeyondAsciiInHeadersAreKept() {
		assertThat(mirror("GET / HTTP/1.1\r\nHost: a\r\nX-Name: \u00e4\u00ff \u00e2\u0082\u00ac\r\n\r\n"))
			.contains("header X-Name: \u00e4\u00ff \u00e2\u0082\u00ac");
	}

	@Test
	void chunkedBodyArrivesChunkedWithItsTrailers() {
		List<String> seen = mirror("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
				+ "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n");
		assertThat(headers(seen)).containsExactly("Host: a", "Trailer: X-Sum", "transfer-encoding: chunked");
		assertThat(seen).contains("body hello world");
		assertThat(fields("trailer ", seen)).containsExactly("X-Sum: 1", "X-Sum: 2");
	}

	@Test
	void trailersOfOneRequestDoNotAppearInTheNext() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n";
			client.send(head + "X-Sum: 1\r\n\r\n" + head + "\r\n" + head + "X-Sum: 3\r\n\r\n");
			assertThat(fields("trailer ", lines(client.response()))).containsExactly("X-Sum: 1");
			assertThat(fields("trailer ", lines(client.response()))).isEmpty();
			assertThat(fields("trailer ", lines(client.response()))).containsExactly("X-Sum: 3");
		}
	}

	@Test
	void bodyOfKnownLengthKeepsItsLength() {
		List<String> seen = mirror("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world");
		assertThat(headers(seen)).containsExactly("Host: a", "Content-Length: 11");
		assertThat(seen).contains("body hello world");
	}

	@Test
	void emptyBodiesKeepTheirFraming() {
		assertThat(headers(mirror("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")))
			.containsExactly("Host: a", "Content-Length: 0");
		assertThat(headers(mirror("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")))
			.containsExactly("Host: a", "transfer-encoding: chunked");
	}

	@Test
	void bodyOfAGetIsPassed() {
		assertThat(mirror("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")).contains("body hello");
	}

	@Test
	void http10ClientIsServedAndItsConnectionClosed() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = client.send("GET /old HTTP/1.0\r\n\r\n").response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Transfer-Encoding")).isEmpty();
			assertThat(lines(response).get(0)).isEqualTo("GET /old HTTP/1.1");
			assertThat(client.isClosedByPeer()).isTrue();
		}
	}

	@Test
	void http10ClientMayKeepItsConnection() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 3; i++) {
				RawResponse response = client.send("GET /" + i + " HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
					.response();
				assertThat(lines(response).get(0)).isEqualTo("GET /" + i + " HTTP/1.1");
				assertThat(response.header("Connection")).contains("keep-alive");
			}
		}
	}

	@Test
	void connectionIsClosedWhenTheClientAsksForIt() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Connection")).contains("close");
			assertThat(client.isClosedByPeer()).isTrue();
		}
	}

	@Test
	void pipelinedRequestsAreAnsweredInTheirOrder() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			StringBuilder requests = new StringBuilder();
			for (int i = 0; i < 20; i++) {
				requests.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
			}
			client.send(requests.toString());
			for (int i = 0; i < 20; i++) {
				List<String> seen = lines(client.response());
				assertThat(seen.get(0)).isEqualTo("POST /" + i + " HTTP/1.1");
				assertThat(seen).contains("body abc");
			}
		}
	}

	@Test
	void largeRequestHeadIsPassed() {
		String value = "v".repeat(30_000);
		String target = "/" + "t".repeat(20_000);
		List<String> seen = mirror("GET " + target + " HTTP/1.1\r\nHost: a\r\nX-Large: " + value + "\r\n\r\n");
		assertThat(seen.get(0)).isEqualTo("GET " + target + " HTTP/1.1");
		assertThat(headers(seen)).containsExactly("Host: a", "X-Large: " + value);
	}

	@Test
	void requestHeadBeyondTheLimitIsAnswered431() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = client
				.send("GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + "v".repeat(66_000) + "\r\n\r\n")
				.response();
			assertThat(response.status()).isEqualTo(431);
			assertThat(client.get("/next").status()).isEqualTo(200);
		}
	}

	@Test
	void webSocketUpgradeReachesNodeThatMayIgnoreIt() {
		List<String> seen = mirror("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
				+ "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n");
		assertThat(seen.get(0)).isEqualTo("GET /chat HTTP/1.1");
		assertThat(headers(seen)).contains("Sec-WebSocket-Version: 13", "upgrade: websocket", "connection: upgrade");
	}

	@Test
	void upgradeToHttp2IsIgnored() {
		List<String> seen = mirror("GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
				+ "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
		assertThat(seen.get(0)).isEqualTo("GET /a HTTP/1.1");
		assertThat(headers(seen)).containsExactly("Host: a");
	}

	@Test
	void bodyIsAskedForOnlyWhenNodeSaysContinue() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(100);
			List<String> seen = lines(client.send("hello").response());
			assertThat(headers(seen)).containsExactly("Host: a", "Content-Length: 5", "Expect: 100-continue");
			assertThat(seen).contains("body hello");
			assertThat(client.get("/next").status()).isEqualTo(200);
		}
	}

	@Test
	void clientThatDoesNotWaitForContinueIsServed() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
					+ "5\r\nhello\r\n0\r\n\r\n");
			RawResponse first = client.response();
			assertThat(lines((first.status() == 100) ? client.response() : first)).contains("body hello");
		}
	}

	private static List<String> mirror(String request) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			RawResponse response = client.send(request).response();
			assertThat(response.status()).as(() -> response.body()).isEqualTo(200);
			return lines(response);
		}
	}

	private static List<String> lines(RawResponse response) {
		return List.of(new String(response.bytes(), StandardCharsets.ISO_8859_1).split("\n"));
	}

	/**
	 * The header fields but those that belong to the connection with node.
	 */
	private static List<String> headers(List<String> seen) {
		return fields("header ", seen).stream().filter((field) -> !field.equals("connection: keep-alive")).toList();
	}

	private static List<String> fields(String label, List<String> seen) {
		return seen.stream()
			.filter((line) -> line.startsWith(label))
			.map((line) -> line.substring(label.length()))
			.toList();
	}

}
