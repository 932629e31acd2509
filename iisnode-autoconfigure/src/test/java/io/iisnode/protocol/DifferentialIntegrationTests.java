package io.iisnode.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.protocol.DifferentialCase.Http;
import io.iisnode.testing.Http2Client;
import io.iisnode.testing.Http2Response;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same requests, sent to a node process directly and through us, have the same
 * answers, and node sees the same, but for what {@link DocumentedDifference} has. Over
 * HTTP/2 they are compared with those over HTTP/1.1, since node's server speaks nothing
 * else.
 */
class DifferentialIntegrationTests {

	private static final int LARGE_LENGTH = 16 << 20;

	private static final String LARGE_FILE = "/file?" + (LARGE_LENGTH + 2);

	private static final String LARGE_RANGE = "bytes=1-" + LARGE_LENGTH;

	private static final String LARGE_RANGE_ANSWER = "bytes 1-" + LARGE_LENGTH + "/" + (LARGE_LENGTH + 2);

	private static final int PIECE = 512 * 1024;

	@TempDir
	private static Path root;

	private static NodeHost host;

	private static DifferentialNode node;

	private static Peer direct;

	private static Peer through;

	@BeforeAll
	static void start() throws IOException {
		host = NodeHost.in(root)
			.with("server.http2.enabled", true)
			.with("iisnode.max-request-buffer-size", 200_000)
			.with("iisnode.forwarded-headers", "none")
			.script("differential.js", DifferentialNode.SCRIPT)
			.application("differential", "differential.js", "/**")
			.start();
		node = DifferentialNode.start(root.resolve("differential.js"));
		direct = new Peer(node.port());
		through = new Peer(host.port());
	}

	@AfterAll
	static void stop() {
		direct.close();
		through.close();
		node.close();
		host.close();
	}

	@Test
	void thereAreEnoughRequestsAndEachIsToldFromTheOthers() {
		List<DifferentialCase> cases = DifferentialCases.all();
		assertThat(cases).hasSizeGreaterThanOrEqualTo(300);
		assertThat(cases).extracting(DifferentialCase::name).doesNotHaveDuplicates();
	}

	@TestFactory
	Stream<DynamicTest> overHttp11() {
		return over(Http.HTTP_1_1);
	}

	@TestFactory
	Stream<DynamicTest> overHttp10() {
		return over(Http.HTTP_1_0);
	}

	@TestFactory
	Stream<DynamicTest> overHttp2() {
		return over(Http.HTTP_2);
	}

	@Test
	void rangeThatIsReadSlowlyIsWholeOverHttp11() throws IOException {
		try (RawClient client = host.connect()) {
			client.send("GET " + LARGE_FILE + " HTTP/1.1\r\nHost: a\r\nRange: " + LARGE_RANGE + "\r\n\r\n");
			RawResponse head = client.head();
			assertThat(head.status()).isEqualTo(206);
			assertThat(head.header("Content-Range")).contains(LARGE_RANGE_ANSWER);
			byte[] body = new byte[LARGE_LENGTH];
			for (int read = 0; read < body.length; read += PIECE) {
				// More than the sockets hold is still with node.
				Wire.pause(10);
				int length = Math.min(PIECE, body.length - read);
				assertThat(client.input().readNBytes(body, read, length)).isEqualTo(length);
			}
			assertThat(body).isEqualTo(largeRange());
			assertThat(client.get("/a").status()).as("of the next request on that connection").isEqualTo(200);
		}
	}

	@Test
	void rangeThatIsReadSlowlyIsWholeOverHttp2() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(true, List.of(":method: GET", ":scheme: http", ":authority: a",
					":path: " + LARGE_FILE, "range: " + LARGE_RANGE));
			Http2Response head = stream.head();
			assertThat(head.status()).isEqualTo(206);
			assertThat(head.header("content-range")).contains(LARGE_RANGE_ANSWER);
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			while (body.size() < LARGE_LENGTH) {
				if (body.size() / PIECE != (body.size() + 16_384) / PIECE) {
					Wire.pause(10);
				}
				body.writeBytes(stream.data().getBytes(StandardCharsets.ISO_8859_1));
			}
			assertThat(body.toByteArray()).isEqualTo(largeRange());
		}
	}

	private static byte[] largeRange() {
		byte[] expected = new byte[LARGE_LENGTH];
		byte[] pattern = "0123456789abcdefghijklmnopqrstuvwxyz\n".getBytes(StandardCharsets.ISO_8859_1);
		for (int i = 0; i < expected.length; i++) {
			expected[i] = pattern[(i + 1) % pattern.length];
		}
		return expected;
	}

	private static Stream<DynamicTest> over(Http version) {
		return DifferentialCases.all()
			.stream()
			.filter((one) -> one.isFor(version))
			.map((one) -> DynamicTest.dynamicTest(one.name(), () -> compare(one, version)));
	}

	private static void compare(DifferentialCase one, Http version) {
		List<String> expected = direct.ask(one, (version == Http.HTTP_2) ? Http.HTTP_1_1 : version);
		List<String> actual = through.ask(one, version);
		List<String> asItWas = List.copyOf(actual);
		for (DocumentedDifference difference : DocumentedDifference.values()) {
			difference.settle(one, version, expected, actual);
		}
		assertThat(actual)
			.as(() -> only(expected, actual) + " but " + only(actual, expected) + ", all of it " + asItWas)
			.isEqualTo(expected);
	}

	private static List<String> only(List<String> lines, List<String> others) {
		return lines.stream().filter((line) -> !others.contains(line)).toList();
	}

	/**
	 * Who answers: a process, or we.
	 */
	private static final class Peer {

		private final int port;

		private @Nullable RawClient http11;

		private @Nullable Http2Client http2;

		Peer(int port) {
			this.port = port;
		}

		List<String> ask(DifferentialCase one, Http version) {
			return switch (version) {
				case HTTP_1_0 -> askHttp10(one);
				case HTTP_1_1 -> askHttp11(one);
				case HTTP_2 -> askHttp2(one);
			};
		}

		private List<String> askHttp10(DifferentialCase one) {
			try (RawClient client = RawClient.connect(this.port)) {
				return Observation.of(client.send(one.bytes(Http.HTTP_1_0)), one.isHead());
			}
		}

		private List<String> askHttp11(DifferentialCase one) {
			RawClient client = (this.http11 != null) ? this.http11 : RawClient.connect(this.port);
			List<String> lines = Observation.of(client.send(one.bytes(Http.HTTP_1_1)), one.isHead());
			if (isKept(lines, one)) {
				this.http11 = client;
			}
			else {
				client.close();
				this.http11 = null;
			}
			return lines;
		}

		private static boolean isKept(List<String> lines, DifferentialCase one) {
			boolean framed = one.isHead()
					|| lines.stream()
						.anyMatch((line) -> line.matches("(?i)field (content-length|transfer-encoding):.*"))
					|| lines.contains("status 204") || lines.contains("status 304");
			return framed && lines.contains("end complete")
					&& lines.stream().noneMatch((line) -> line.matches("(?i)field connection:.*close.*"));
		}

		private List<String> askHttp2(DifferentialCase one) {
			Http2Client client = (this.http2 != null && this.http2.isOpen()) ? this.http2
					: Http2Client.connect(this.port);
			this.http2 = client;
			boolean body = one.framing() != DifferentialCase.Framing.NONE;
			Http2Client.Stream stream = client.open(!body, one.http2Fields());
			if (body) {
				stream.send(one.body(), one.trailers().isEmpty());
			}
			if (body && !one.trailers().isEmpty()) {
				stream.trailers(one.http2Trailers());
			}
			return Observation.of(stream.response());
		}

		void close() {
			if (this.http11 != null) {
				this.http11.close();
			}
			if (this.http2 != null) {
				this.http2.close();
			}
		}

	}

}
