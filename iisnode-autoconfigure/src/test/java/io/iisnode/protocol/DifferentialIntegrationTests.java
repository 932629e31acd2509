package io.iisnode.protocol;

import java.io.IOException;
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
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same requests, sent to a node process directly and through us, have the same
 * answers, and node sees the same, but for what {@link DocumentedDifference} has. Over
 * HTTP/2 they are compared with those over HTTP/1.1, since node's server speaks nothing
 * else.
 */
class DifferentialIntegrationTests {

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
