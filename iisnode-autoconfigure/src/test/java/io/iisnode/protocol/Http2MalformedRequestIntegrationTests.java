package io.iisnode.protocol;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.Http2Client;
import io.iisnode.testing.Http2Response;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * HTTP/2 requests that HTTP/1.1 would understand as something else (RFC 9113, section
 * 8.2.1 and 10.3).
 */
@ExtendWith(OutputCaptureExtension.class)
class Http2MalformedRequestIntegrationTests {

	/**
	 * Tells what it has seen, when asked for it.
	 */
	private static final String NOTES = """
			let notes = [];
			require('http').createServer((req, res) => {
			  if (req.url === '/notes') {
			    res.end(notes.join(' '));
			    notes = [];
			    return;
			  }
			  notes.push('begun');
			  req.on('error', () => notes.push('error')).on('end', () => {
			    notes.push('complete');
			    res.end();
			  }).resume();
			}).listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.with("server.http2.enabled", true)
			.script("notes.js", NOTES)
			.application("notes", "notes.js", "/**")
			.start();
		host.get("/notes");
	}

	@AfterAll
	static void stop(CapturedOutput output) {
		host.close();
		Leaks.assertNone(output);
	}

	@ParameterizedTest
	@ValueSource(strings = { ":path: /a HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /b", ":path: /a b", ":path: ", ":method: G(T",
			":path: /a\nb", ":path: /a\u0000", "x-a: 1\r\nX-Evil: 1", "x-a: 1\nX-Evil: 1", "x-a: 1\rX-Evil: 1",
			"x-a: \u00001", ":authority: a\r\nX-Evil: 1", ":method: GET / HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET", "x-a b: 1",
			"transfer-encoding: chunked", "connection: x-a", "upgrade: h2c", "host: other.example", "te: gzip",
			"content-length: -1", ":unknown: 1", "X-Upper: 1" })
	void whatCouldBecomeAnotherRequestReachesNobody(String line, CapturedOutput output) {
		List<String> fields = new ArrayList<>(request("GET", "/a"));
		String name = line.substring(0, line.indexOf(':', 1) + 1);
		if (!fields.removeIf((field) -> field.startsWith(name))) {
			fields.add(line);
		}
		else {
			fields.add(0, line);
		}
		for (boolean end : new boolean[] { true, false }) {
			try (Http2Client client = Http2Client.connect(host.port())) {
				Http2Response response = client.open(end, fields).response();
				assertThat(response.error() >= 0 || response.status() == 400).as(response.toString()).isTrue();
			}
			catch (AssertionError ex) {
				assertThat(ex).hasMessageContaining("closed");
			}
		}
		assertThat(host.get("/notes").body()).isEmpty();
		assertNothingIsLogged(output);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void malformedLengthsDoNotFillTheLog(boolean end, CapturedOutput output) {
		// A length of a request that has ended without a body, or one that is none.
		List<String> fields = request("POST", "/a", end ? "content-length: 5" : "content-length: x");
		try (Http2Client client = Http2Client.connect(host.port())) {
			for (int i = 0; i < 100; i++) {
				assertThat(client.open(end, fields).response().error()).as("PROTOCOL_ERROR").isEqualTo(1);
			}
			assertThat(client.get("/notes").response().body()).as("on the same connection").isEmpty();
		}
		assertNothingIsLogged(output);
	}

	private static void assertNothingIsLogged(CapturedOutput output) {
		assertThat(output.getAll().lines().filter((line) -> line.contains(" ERROR ") || line.contains(" WARN ")))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "hell", "hello!" })
	void bodyThatIsNotAsLongAsItsLengthIsNeverComplete(String body, CapturedOutput output) {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false, request("POST", "/a", "content-length: 5"));
			String before = Wire.await().until(() -> host.get("/notes").body(), (notes) -> notes.contains("begun"));
			stream.send(body, true);
			Http2Response response = stream.response();
			assertThat(response.error() >= 0 || response.status() == 400).as(response.toString()).isTrue();
			String after = Wire.await().until(() -> host.get("/notes").body(), (notes) -> notes.contains("error"));
			assertThat(before + after).doesNotContain("complete");
		}
		assertNothingIsLogged(output);
	}

	@Test
	void requestToNobodyIsRefused() {
		List<String> fields = new ArrayList<>(request("GET", "/a"));
		fields.removeIf((field) -> field.startsWith(":authority"));
		try (Http2Client client = Http2Client.connect(host.port())) {
			assertThat(client.open(true, fields).response().status()).isEqualTo(400);
			fields.add("host: shop.example");
			assertThat(client.open(true, fields).response().status()).isEqualTo(200);
		}
		assertThat(host.get("/notes").body()).isEqualTo("begun complete");
	}

	private static List<String> request(String method, String path, String... fields) {
		List<String> lines = new ArrayList<>(
				List.of(":method: " + method, ":scheme: http", ":authority: shop.example:81", ":path: " + path));
		lines.addAll(List.of(fields));
		return lines;
	}

}
