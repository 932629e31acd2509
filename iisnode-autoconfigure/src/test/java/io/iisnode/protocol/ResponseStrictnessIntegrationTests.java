package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Responses of a broken or hostile application. None of it may reach anybody but the
 * client who asked, and nothing that its client could read in two ways reaches even that.
 */
class ResponseStrictnessIntegrationTests {

	/**
	 * Sends the bytes that the field X-Answer has in Base64, and those of X-Later when
	 * the connection is idle; then there is a file named by X-Closed as soon as it is
	 * closed. A second request on the same connection is told so.
	 */
	private static final String SCRIPT = """
			const fs = require('fs');
			require('net').createServer((socket) => {
			  let served = 0;
			  socket.setEncoding('latin1').on('error', () => {}).on('data', (head) => {
			    const field = (name) => head.split('\\r\\n').find((line) => line.startsWith(name))?.slice(name.length + 2);
			    const answer = field('X-Answer');
			    const later = field('X-Later');
			    if (answer !== undefined) {
			      served++;
			      socket.write(Buffer.from(answer, 'base64'));
			      if (later !== undefined) {
			        const file = field('X-Closed');
			        socket.on('close', () => fs.writeFileSync(file, ''));
			        setTimeout(() => socket.write(Buffer.from(later, 'base64')), 10);
			      }
			    } else {
			      const text = served ? 'same connection' : 'fresh connection';
			      socket.write(`HTTP/1.1 200 OK\\r\\nContent-Length: ${text.length}\\r\\n\\r\\n${text}`);
			    }
			  });
			}).listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root).script("answer.js", SCRIPT).application("answer", "answer.js", "/**").start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@ParameterizedTest
	@MethodSource
	void faultyHeadIsABadGateway(Answer answer) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.send(request("GET", answer)).response();
			assertThat(response.status()).isEqualTo(502);
			assertThat(response.headers("X-Leak")).isEmpty();
			assertThat(response.headers("Set-Cookie")).isEmpty();
			assertThat(response.body()).doesNotContain("hello");
			// The client has done nothing wrong.
			assertThat(client.get("/").body()).isEqualTo("fresh connection");
		}
	}

	static Stream<Answer> faultyHeadIsABadGateway() {
		return Stream.of(bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5|Transfer-Encoding: chunked||5|hello|0||"),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 5||5|hello|0||"),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5|Content-Length: 6||hello!"),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5|Content-Length: 5||hello"),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5, 5||hello"),
				bytes("9110 8.6", "HTTP/1.1 200 OK|Content-Length: +5||hello"),
				bytes("9110 8.6", "HTTP/1.1 200 OK|Content-Length: -5||hello"),
				bytes("9110 8.6", "HTTP/1.1 200 OK|Content-Length: 5x||hello"),
				bytes("9112 6.1", "HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked||5|hello|0||"),
				bytes("9112 6.1", "HTTP/1.1 200 OK|Transfer-Encoding: chunked, chunked||5|hello|0||"),
				bytes("9112 6.1", "HTTP/1.1 200 OK|Transfer-Encoding: xchunked|Content-Length: 5||hello"),
				bytes("9112 6.1", "HTTP/1.1 200 OK|Transfer-Encoding: identity|Content-Length: 5||hello"),
				bytes("9112 6.1", "HTTP/1.0 200 OK|Transfer-Encoding: chunked||5|hello|0||"),
				bytes("9112 5.1", "HTTP/1.1 200 OK|Content-Length : 5||hello"),
				bytes("9110 5.1", "HTTP/1.1 200 OK|Content Length: 5||hello"),
				bytes("9110 5.1", "HTTP/1.1 200 OK|Set-Cookie X: 5|Content-Length: 0||"),
				bytes("9110 5.1", "HTTP/1.1 200 OK|X\u0000: 5|Content-Length: 0||"),
				bytes("9110 5.1", "HTTP/1.1 200 OK|: 5|Content-Length: 0||"),
				bytes("9112 5", "HTTP/1.1 200 OK|no colon|Content-Length: 0||"),
				bytes("9112 5.2", "HTTP/1.1 200 OK| X-Leak: 1|Content-Length: 0||"),
				bytes("9110 5.5", "HTTP/1.1 200 OK|X: a\u0000b|Content-Length: 0||"),
				bytes("9110 5.5", "HTTP/1.1 200 OK|X: a\rSet-Cookie: b|Content-Length: 0||"),
				bytes("9112 2.2", "HTTP/1.1 200 OK|X: a\nX-Leak: b|Content-Length: 0||"),
				bytes("9112 2.2", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"),
				bytes("9112 4", "HTTP/1.1 200 O\rK|Content-Length: 0||"),
				bytes("9112 4", "HTTP/1.1 200 O\u0000K|Content-Length: 0||"),
				bytes("9112 4", "HTTP/1.1 42 Odd|Content-Length: 0||"),
				bytes("9112 4", "HTTP/1.1 1000 Odd|Content-Length: 0||"),
				bytes("9112 4", "HTTP/1.1 -200 Odd|Content-Length: 0||"),
				bytes("9112 4", "HTTP/1.1 OK|Content-Length: 0||"),
				bytes("9112 2.3", "HTTP/2.0 200 OK|Content-Length: 5||hello"),
				bytes("9112 2.3", "HTTP/1.2 200 OK|Content-Length: 5||hello"),
				bytes("9112 2.3", "ICY 200 OK|Content-Length: 5||hello"), bytes("9112 4", "hello||"));
	}

	@ParameterizedTest
	@MethodSource
	void faultyBodyIsCut(Answer answer) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.send(request("GET", answer)).response();
			assertThat((response.status() == 502) ? "" : response.body()).doesNotContain("evil");
			assertThat(response.status() == 502 || !response.complete()).isTrue();
		}
		assertNobodyElseIsTouched();
	}

	static Stream<Answer> faultyBodyIsCut() {
		String head = "HTTP/1.1 200 OK|Transfer-Encoding: chunked||";
		return Stream.of(bytes("9112 7.1", head + "5|hello|evil|"), bytes("9112 7.1", head + "-5|evil!|0||"),
				bytes("9112 7.1", head + "0x5|evil!|0||"), bytes("9112 7.1", head + "ffffffffff|evil!|0||"),
				bytes("9112 7.1", head + "5\nevil!|0||"), bytes("9112 7.1", head + "5|hello!evil|0||"),
				bytes("9112 7.1.1", head + "5;a\nb|evil!|0||"), bytes("9112 7.1.2", head + "5|hello|0|X a: b||"));
	}

	@ParameterizedTest
	@MethodSource
	void whatFollowsTheEndReachesNobody(Answer answer) {
		try (RawClient client = host.connect()) {
			client.send(request(answer.method, answer));
			RawResponse response = answer.method.equals("HEAD") ? client.responseToHead() : client.response();
			assertThat(response.status()).isLessThan(400);
			assertThat(response.body()).doesNotContain("evil");
			assertThat(client.get("/").body()).isEqualTo("fresh connection");
		}
		assertNobodyElseIsTouched();
	}

	static Stream<Answer> whatFollowsTheEndReachesNobody() {
		String evil = "HTTP/1.1 200 OK|Content-Length: 4||evil";
		return Stream.of(bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5||hello" + evil),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5||helloevil"),
				bytes("9112 7.1", "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0||" + evil),
				bytes("9110 15.3.5", "HTTP/1.1 204 No Content||evil"),
				bytes("9110 15.3.5", "HTTP/1.1 204 No Content|Content-Length: 4||"),
				bytes("9110 15.3.5", "HTTP/1.1 204 No Content|Content-Length: 4||evil"),
				bytes("9110 15.4.5", "HTTP/1.1 304 Not Modified||evil"),
				new Answer("9110 9.3.2", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
				new Answer("9110 9.3.2", "HEAD",
						"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n"),
				bytes("9112 6.3",
						"HTTP/1.0 200 OK|Connection: keep-alive|Content-Length: 5|Content-Length: 9||helloevil"),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5||helloHTTP/1.1 200 OK|"),
				bytes("9112 6.3", "HTTP/1.1 200 OK|Content-Length: 5||helloHTTP/1.1 200 OK|Set-Cookie: evil|X: 1|"),
				bytes("9112 7.1", "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0||HTTP/1.1 200 OK|X: 1|"),
				bytes("9112 6.1", "HTTP/1.1 204 No Content|Transfer-Encoding: chunked||"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "H", "HTTP/1.1 200 OK|", "HTTP/1.1 200 OK|Set-Cookie: evil|X:",
			"HTTP/1.1 200 OK|Content-Length: 4||evil" })
	void idleConnectionOnWhichAnythingArrivesIsClosed(String later) {
		Path closed = root.resolve(UUID.randomUUID().toString());
		try (RawClient client = host.connect()) {
			String fields = "X-Later: " + base64(later.replace("|", "\r\n")) + "\r\nX-Closed: " + closed + "\r\n";
			client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Answer: "
					+ base64("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") + "\r\n" + fields + "\r\n");
			assertThat(client.response().body()).isEqualTo("hello");
			Wire.await().until(() -> Files.exists(closed));
			RawResponse next = client.get("/");
			assertThat(next.body()).isEqualTo("fresh connection");
			assertThat(next.headers("Set-Cookie")).isEmpty();
		}
	}

	private static void assertNobodyElseIsTouched() {
		for (int i = 0; i < 3; i++) {
			assertThat(host.get("/").body()).endsWith(" connection");
		}
	}

	private static String request(String method, Answer answer) {
		return method + " / HTTP/1.1\r\nHost: a\r\nX-Answer: " + base64(answer.bytes) + "\r\n\r\n";
	}

	private static String base64(String bytes) {
		return Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static Answer bytes(String rule, String bytes) {
		return new Answer(rule, "GET", bytes.replace("|", "\r\n"));
	}

	record Answer(String rule, String method, String bytes) {

		@Override
		public String toString() {
			return "RFC " + this.rule + ": " + this.method + " -> "
					+ this.bytes.replace("\r", "\\r").replace("\n", "\\n").replace("\u0000", "\\0");
		}

	}

}
