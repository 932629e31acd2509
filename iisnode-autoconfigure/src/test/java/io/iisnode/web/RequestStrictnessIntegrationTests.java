package io.iisnode.web;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that two readers might read in two ways: refused, or passed on in one form
 * only. Each case has the rule that it stands for; sockets on both sides are raw.
 */
class RequestStrictnessIntegrationTests {

	/**
	 * Notes every byte that arrives, and answers when a request is complete. The notes
	 * are the answer to a request for /notes, and begin anew with it.
	 */
	private static final String SCRIPT = """
			let notes = '';
			require('net').createServer((socket) => {
			  let input = '';
			  socket.setEncoding('latin1').on('error', () => {}).on('data', (piece) => {
			    input += piece;
			    const end = input.indexOf('\\r\\n\\r\\n') + 4;
			    const length = Number(/\\r\\ncontent-length: *(\\d+)/i.exec(input.slice(0, end))?.[1] ?? 0);
			    const chunked = /\\r\\ntransfer-encoding:/i.test(input.slice(0, end));
			    if (input.startsWith('GET /notes')) {
			      const text = notes;
			      notes = input = '';
			      socket.write(`HTTP/1.1 200 OK\\r\\nContent-Length: ${text.length}\\r\\n\\r\\n${text}`, 'latin1');
			      return;
			    }
			    notes += piece;
			    if (end >= 4 && (chunked ? input.endsWith('0\\r\\n\\r\\n') : input.length >= end + length)) {
			      input = '';
			      socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok');
			    }
			  });
			}).listen(process.env.PORT);
			""";

	/**
	 * A request behind the one that is refused, which nobody must see.
	 */
	private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.script("notes.js", SCRIPT)
			.application("notes", "notes.js", "/**")
			.with("iisnode.forwarded-headers", "none")
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@BeforeEach
	void forget() {
		notes();
	}

	private static String notes() {
		return host.get("/notes").body();
	}

	@ParameterizedTest
	@MethodSource
	void refused(Refused refused) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.send(refused.request + SMUGGLED).response();
			assertThat(response.status()).isEqualTo(refused.status);
			if (!refused.request.contains("HTTP/1.0")) {
				assertThat(response.header("Connection")).hasValue("close");
			}
			assertThat(client.isClosedByPeer()).isTrue();
		}
		assertThat(notes()).isEmpty();
	}

	static Stream<Refused> refused() {
		return Stream.of(
				// Two ways to find the end
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Content-Length: 5|Transfer-Encoding: chunked||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Content-Length: 5||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity|Content-Length: 5||hello"),
				bad("9112 6.1", "POST / HTTP/1.0|Host: a|Transfer-Encoding: chunked||0||"),
				bad("9112 6.3", "POST / HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 6||hello!"),
				bad("9112 6.3", "POST / HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 5||hello"),
				bad("9112 6.3", "POST / HTTP/1.1|Host: a|Content-Length: 5, 6||hello!"),
				bad("9112 6.3", "POST / HTTP/1.1|Host: a|Content-Length: 5, 5||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length: +5||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length: -5||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length: 0x5||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length: 5.0||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length: 1 2||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length:||hello"),
				bad("9110 8.6", "POST / HTTP/1.1|Host: a|Content-Length: 99999999999999999999||hello"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, gzip||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, chunked||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: x||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: \"chunked\"||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked;q=1||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding:||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: \u000bchunked||0||"),
				// Names and values
				bad("9112 5.1", "GET / HTTP/1.1|Host: a|X-A : b||"), bad("9112 5.1", "GET / HTTP/1.1|Host : a||"),
				bad("9112 5.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding : chunked||0||"),
				bad("9112 5.1", "POST / HTTP/1.1|Host: a|Content-Length\t: 5||hello"),
				bad("9110 5.1", "GET / HTTP/1.1|Host: a|X A: b||"), bad("9110 5.1", "GET / HTTP/1.1|Host: a|X(A): b||"),
				bad("9110 5.1", "GET / HTTP/1.1|Host: a|X\u00e4: b||"), bad("9110 5.1", "GET / HTTP/1.1|Host: a|: b||"),
				bad("9110 5.1", "GET / HTTP/1.1|Host: a|X\u0000A: b||"),
				bad("9112 5", "GET / HTTP/1.1|Host: a|no colon||"), bad("9112 2.2", "GET / HTTP/1.1| X: a|Host: a||"),
				bad("9112 5.2", "GET / HTTP/1.1|\tHost: a||"), bad("9110 5.5", "GET / HTTP/1.1|Host: a|X: a\u0000b||"),
				bad("9110 5.5", "GET / HTTP/1.1|Host: a|X: a\u0001b||"),
				bad("9110 5.5", "GET / HTTP/1.1|Host: a|X: a\u007fb||"),
				bad("9110 5.5", "GET / HTTP/1.1|Host: a|X: a\u000bb||"),
				bad("9112 5.2", "POST / HTTP/1.1|Host: a|Content-Length: 1| 0||hello"),
				bad("9112 5.2", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked| x||0||"),
				bad("9112 5.2", "GET / HTTP/1.1|Host: a| b||"),
				// Line ends
				raw("9112 2.2", "GET / HTTP/1.1\nHost: a\n\n"), raw("9112 2.2", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
				raw("9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n"),
				raw("9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\r\n\r\n"),
				raw("9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\nX\r: b\r\n\r\n"),
				raw("9112 2.2", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
				raw("9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n"),
				// The request line
				bad("9112 3", "GET /a b HTTP/1.1|Host: a||"), bad("9112 3", "GET / HTTP/1.1 |Host: a||"),
				bad("9112 3", "GET / HTTP/1.1x|Host: a||"), bad("9112 3", " GET / HTTP/1.1 x|Host: a||"),
				bad("9112 2.3", "GET /|Host: a||"), bad("9112 2.3", "GET / |Host: a||"),
				bad("9112 2.3", "GET / HTTP/0.9|Host: a||"), bad("9112 2.3", "GET / HTTP/1.2|Host: a||"),
				bad("9112 2.3", "GET / HTTP/2.0|Host: a||"), bad("9112 2.3", "GET / HTTP/11|Host: a||"),
				bad("9113 3.4", "PRI * HTTP/2.0||SM||"), bad("9110 9.1", "G\u0000T / HTTP/1.1|Host: a||"),
				bad("9110 9.1", "G(T / HTTP/1.1|Host: a||"), bad("9112 3", "\u0001GET / HTTP/1.1|Host: a||"),
				new Refused("9112 3", "M".repeat(70000) + " / HTTP/1.1\r\nHost: a\r\n\r\n", 414),
				// The target
				bad("9112 3.2", "GET /a\u0000b HTTP/1.1|Host: a||"),
				bad("9112 3.2", "GET /a\u0001b HTTP/1.1|Host: a||"),
				bad("9112 3.2", "GET /a\u007fb HTTP/1.1|Host: a||"), bad("9112 3.2", "GET a HTTP/1.1|Host: a||"),
				bad("9112 3.2", "GET ?a HTTP/1.1|Host: a||"), bad("9112 3.2", "GET \\a HTTP/1.1|Host: a||"),
				bad("9112 3.2.2", "GET ftp://a/ HTTP/1.1|Host: a||"),
				bad("9112 3.2.2", "GET http:///a HTTP/1.1|Host: a||"),
				bad("9110 4.2.1", "GET http://?a HTTP/1.1|Host: a||"),
				bad("9110 4.2.4", "GET http://b@a/ HTTP/1.1|Host: a||"),
				bad("9112 3.2.2", "GET http:a HTTP/1.1|Host: a||"), bad("9112 3.2.3", "GET a:80 HTTP/1.1|Host: a:80||"),
				bad("9112 3.2.4", "GET * HTTP/1.1|Host: a||"),
				// The host
				bad("9112 3.2", "GET / HTTP/1.1||"), bad("9112 3.2", "GET / HTTP/1.1|Host: a|Host: a||"),
				bad("9112 3.2", "GET / HTTP/1.1|Host: a|host: b||"),
				bad("9112 3.2", "GET / HTTP/1.0|Host: a|Host: b||"), bad("9112 3.2", "GET / HTTP/1.1|Host: a b||"),
				bad("9112 3.2", "GET / HTTP/1.1|Host: a/b||"), bad("9112 3.2", "GET / HTTP/1.1|Host: a@b||"),
				bad("9112 3.2", "GET / HTTP/1.1|Host: a?b||"), bad("9112 3.2", "GET / HTTP/1.1|Host: a:x||"),
				bad("9112 3.2", "GET / HTTP/1.1|Host: \u00e4||"));
	}

	@ParameterizedTest
	@MethodSource
	void malformedBodyNeverEndsTheRequest(Refused refused) {
		try (RawClient client = host.connect()) {
			client
				.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + refused.request + SMUGGLED);
			RawResponse response = client.response();
			assertThat(response.status()).isEqualTo(400);
			assertThat(client.isClosedByPeer()).isTrue();
		}
		assertThat(notes()).doesNotContain("smuggled").doesNotEndWith("0\r\n\r\n");
	}

	static Stream<Refused> malformedBodyNeverEndsTheRequest() {
		return Stream.of(bad("9112 7.1", "g|hello|0||"), bad("9112 7.1", "-5|hello|0||"),
				bad("9112 7.1", "+5|hello|0||"), bad("9112 7.1", "0x5|hello|0||"), bad("9112 7.1", "|hello|0||"),
				bad("9112 7.1", ";a|hello|0||"), bad("9112 7.1", "80000000|hello|0||"),
				bad("9112 7.1", "100000005|hello|0||"), bad("9112 7.1", "10000000000000005|hello|0||"),
				bad("9112 7.1", "5|hello!|0||"), bad("9112 7.1", "5|hell|0||"),
				raw("9112 7.1", "5\nhello\r\n0\r\n\r\n"), raw("9112 7.1", "5\r\nhello\n0\r\n\r\n"),
				raw("9112 7.1", "5\r\nhello\r0\r\n\r\n"), raw("9112 7.1.1", "5;a\nb\r\nhello\r\n0\r\n\r\n"),
				raw("9112 7.1.1", "5;a\rb\r\nhello\r\n0\r\n\r\n"), bad("9112 7.1.1", "5;a=\"\u0001\"|hello|0||"),
				bad("9112 7.1.2", "0|X : a||"), bad("9112 7.1.2", "0|X a: b||"), bad("9112 7.1.2", "0|X: a\u0000b||"),
				bad("9112 7.1.2", "0|no colon||"), raw("9112 7.1.2", "0\r\nX: a\n\r\n"), raw("9112 7.1", "0\r\n\n"));
	}

	@ParameterizedTest
	@MethodSource
	void forwarded(Forwarded forwarded) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.send(forwarded.request.replace("|", "\r\n")).response();
			assertThat(response.body()).isEqualTo("ok");
		}
		assertThat(notes()).isEqualTo(forwarded.expected.replace("|", "\r\n"));
	}

	static Stream<Forwarded> forwarded() {
		String plain = "GET / HTTP/1.1|Host: a|connection: keep-alive||";
		String ofTarget = plain.replace("Host", "host");
		String five = "POST / HTTP/1.1|Host: a|transfer-encoding: chunked|connection: keep-alive||5|hello|0||";
		return Stream.of(
				// The request line in one form
				good("9112 3", "GET  /  HTTP/1.1|Host: a||", plain),
				good("9112 3", "GET\t/\tHTTP/1.1|Host: a||", plain), good("9112 3", "GET\r/ HTTP/1.1|Host: a||", plain),
				good("9112 2.2", "||GET / HTTP/1.1|Host: a||", plain),
				good("9112 3", " GET / HTTP/1.1|Host: a||", plain), good("9112 2.3", "GET / http/1.1|Host: a||", plain),
				good("9110 9.1", "get / HTTP/1.1|Host: a||", "get / HTTP/1.1|Host: a|connection: keep-alive||"),
				good("9110 9.1", "M".repeat(200) + " / HTTP/1.1|Host: a||",
						"M".repeat(200) + " / HTTP/1.1|Host: a|connection: keep-alive||"),
				// The target in origin form, the host of the target
				good("9112 3.2.2", "GET http://a/ HTTP/1.1|Host: a||", plain),
				good("9112 3.2.2", "GET http://a/ HTTP/1.1|Host: evil||", ofTarget),
				good("9112 3.2.2", "GET https://a HTTP/1.1|Host: evil|Host: worse||", ofTarget),
				good("9112 3.2.2", "GET HTTP://a:81/b?c HTTP/1.1|Host: a||",
						"GET /b?c HTTP/1.1|host: a:81|connection: keep-alive||"),
				good("9112 3.2.4", "OPTIONS http://a HTTP/1.1|Host: a||",
						"OPTIONS * HTTP/1.1|Host: a|connection: keep-alive||"),
				good("3986 2.1", "GET /\u00e4\u00a0 HTTP/1.1|Host: a||",
						"GET /%E4%A0 HTTP/1.1|Host: a|connection: keep-alive||"),
				good("9112 3.2", "GET / HTTP/1.1|Host:||", "GET / HTTP/1.1|Host: |connection: keep-alive||"),
				good("9112 3.2", "GET / HTTP/1.0||", "GET / HTTP/1.1|host: localhost|connection: keep-alive||"),
				good("9112 3.2", "GET / HTTP/1.1|Host: [::1]:80||",
						"GET / HTTP/1.1|Host: [::1]:80|connection: keep-alive||"),
				// Fields
				good("9112 5.2", "GET / HTTP/1.1|Host: a|X: b|  c||",
						"GET / HTTP/1.1|Host: a|X: b c|connection: keep-alive||"),
				good("9110 5.5", "GET / HTTP/1.1|Host: a|X: \t b \t||",
						"GET / HTTP/1.1|Host: a|X: b|connection: keep-alive||"),
				// One framing
				good("9112 6.3",
						"POST / HTTP/1.0|Host: a|Connection: keep-alive|Content-Length: 5|Content-Length: 40||"
								+ "hello" + SMUGGLED,
						"POST / HTTP/1.1|Host: a|content-length: 5|connection: keep-alive||hello"),
				good("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: Chunked||5|hello|0||", five),
				good("9112 7.1.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||5;a=\"b\";c|hello|0;d||", five),
				good("9112 7.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||000005|hello|000||", five),
				good("9110 6.5.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||5|hello|0|Content-Length: 3||",
						five));
	}

	/**
	 * A connection whose request was refused before its end is known serves nobody else,
	 * but one whose request was only of the wrong kind does no harm to those before it.
	 */
	@ParameterizedTest
	@MethodSource
	void whatCameBeforeIsServed(Refused refused) {
		try (RawClient client = host.connect()) {
			client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + refused.request + SMUGGLED);
			assertThat(client.response().body()).isEqualTo("ok");
			assertThat(client.response().status()).isEqualTo(400);
			assertThat(client.isClosedByPeer()).isTrue();
		}
		assertThat(notes()).startsWith("GET /first ").doesNotContain("smuggled");
	}

	static List<Refused> whatCameBeforeIsServed() {
		return List.of(bad("9112 6.1", "POST / HTTP/1.1|Host: a|Content-Length: 5|Transfer-Encoding: chunked||0||"),
				bad("9112 6.1", "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity||"),
				bad("9112 3.2", "GET / HTTP/1.1|Host: a|Host: a||"));
	}

	private static Refused bad(String rule, String request) {
		return new Refused(rule, request.replace("|", "\r\n"), 400);
	}

	private static Refused raw(String rule, String request) {
		return new Refused(rule, request, 400);
	}

	private static Forwarded good(String rule, String request, String expected) {
		return new Forwarded(rule, request, expected);
	}

	private static String visible(String rule, String request) {
		String text = (request.length() > 120) ? request.substring(0, 120) : request;
		return "RFC " + rule + ": " + text.replace("\r", "\\r").replace("\n", "\\n").replace("\u0000", "\\0");
	}

	record Refused(String rule, String request, int status) {

		@Override
		public String toString() {
			return visible(this.rule, this.request);
		}

	}

	record Forwarded(String rule, String request, String expected) {

		@Override
		public String toString() {
			return visible(this.rule, this.request);
		}

	}

}
