package io.iisnode.web;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.Http2Client;
import io.iisnode.testing.Http2Response;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long the head of a request may be, with both protocols.
 */
class HeadLimitsIntegrationTests {

	private static final String LENGTHS = """
			require('http').createServer({ maxHeaderSize: 1000000 }, (req, res) => {
			  res.end(`${req.url.length} ${(req.headers['x-large'] ?? '').length}`);
			}).listen(process.env.PORT);
			""";

	@TempDir
	private Path root;

	private NodeHost.Builder host() {
		return NodeHost.in(this.root)
			.with("server.http2.enabled", true)
			.script("lengths.js", LENGTHS)
			.application("lengths", "lengths.js", "/**");
	}

	@Test
	void ourLimitCountsWhereTheHostHasSetNone() {
		try (NodeHost host = host().start()) {
			assertThat(http11(host, 30_000, 30_000).body()).isEqualTo("30000 30000");
			assertThat(http11(host, 65_000, 0).body()).isEqualTo("65000 0");
			assertThat(http11(host, 1, 65_000).body()).isEqualTo("1 65000");
			assertThat(http11(host, 40_000, 40_000).status()).isEqualTo(431);
			assertThat(http11(host, 1, 70_000).status()).isEqualTo(431);
			assertThat(http11(host, 70_000, 0).status()).isEqualTo(414);
			assertThat(http2(host, 30_000, 30_000).body()).isEqualTo("30000 30000");
			assertThat(http2(host, 1, 65_000).body()).isEqualTo("1 65000");
			assertThat(http2(host, 40_000, 40_000).status()).isEqualTo(431);
			assertThat(http2(host, 1, 70_000).status()).isEqualTo(431);
			assertThat(http2(host, 1, 140_000).status()).isEqualTo(431);
		}
	}

	@Test
	void largestLimitOfAnyApplicationCounts() {
		try (NodeHost host = host().application("wide", "lengths.js", "/wide/**")
			.with("iisnode.applications.wide.max-request-buffer-size", 200_000)
			.with("iisnode.max-request-buffer-size", 20_000)
			.start()) {
			assertThat(http11(host, 1, 30_000).status()).isEqualTo(431);
			assertThat(http11(host, 1, 30_000).body()).contains("header of the request is too large");
			assertThat(http2(host, 1, 30_000).status()).isEqualTo(431);
			try (RawClient client = host.connect()) {
				String head = "GET /wide/ HTTP/1.1\r\nHost: a\r\nX-Large: " + "v".repeat(190_000) + "\r\n\r\n";
				assertThat(client.send(head).response().body()).isEqualTo("6 190000");
			}
		}
	}

	@Test
	void limitsOfTheHostStay() {
		try (NodeHost host = host().with("server.max-http-request-header-size", "8KB")
			.with("server.netty.max-initial-line-length", "4KB")
			.start()) {
			assertThat(http11(host, 4_000, 8_000).body()).isEqualTo("4000 8000");
			assertThat(http11(host, 1, 9_000).status()).isEqualTo(431);
			assertThat(http11(host, 5_000, 0).status()).isEqualTo(414);
			assertThat(http2(host, 1, 7_000).body()).isEqualTo("1 7000");
			assertThat(http2(host, 1, 9_000).status()).isEqualTo(431);
		}
	}

	private static RawResponse http11(NodeHost host, int target, int field) {
		try (RawClient client = host.connect()) {
			return client
				.send("GET " + target(target) + " HTTP/1.1\r\nHost: a\r\nX-Large: " + "v".repeat(field) + "\r\n\r\n")
				.response();
		}
	}

	private static Http2Response http2(NodeHost host, int target, int field) {
		try (Http2Client client = Http2Client.connect(host.port())) {
			return client.open(true, List.of(":method: GET", ":scheme: http", ":authority: a",
					":path: " + target(target), "x-large: " + "v".repeat(field)))
				.response();
		}
	}

	private static String target(int length) {
		return "/" + "t".repeat(length - 1);
	}

}
