package io.iisnode.web;

import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * <code>max-request-body-size</code> and <code>dev-errors-status</code>.
 */
class BodySizeIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	/**
	 * Counts requests, and those that ended early; /count tells.
	 */
	private static final String SCRIPT = """
			let begun = 0, aborted = 0;
			require('http').createServer((req, res) => {
			  if (req.url.endsWith('/count')) {
			    res.end(`${begun} begun, ${aborted} aborted`);
			    return;
			  }
			  begun++;
			  let size = 0;
			  req.on('data', (piece) => size += piece.length).on('error', () => {});
			  req.on('end', () => res.end(`got ${size}`));
			  res.on('close', () => { if (!res.writableFinished) aborted++; });
			}).on('checkContinue', (req, res) => { res.writeContinue(); req.on('data', () => {}).on('end', () => res.end('went on')); })
			  .listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.script("count.js", SCRIPT)
			.script("broken.js", "throw new Error('broken');")
			.application("limited", "count.js", "/limited/**")
			.with("iisnode.applications.limited.max-request-body-size", "1000B")
			.application("free", "count.js", "/free/**")
			.application("broken", "broken.js", "/broken/**")
			.with("iisnode.applications.broken.dev-errors-enabled", true)
			.with("iisnode.applications.broken.dev-errors-status", 200)
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@Test
	void longerLengthIsRefusedBeforeTheBodyAndBeforeAnyProcess() {
		long begun = count("begun");
		try (RawClient client = host.connect()) {
			RawResponse response = client.send("POST /limited/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
				.response();
			assertThat(response.status()).isEqualTo(413);
			assertThat(client.isClosedByPeer()).isTrue();
		}
		assertThat(count("begun")).isEqualTo(begun);
	}

	@Test
	void whoExpectsContinueIsRefusedWithoutIt() {
		try (RawClient client = host.connect()) {
			RawResponse response = client
				.send("POST /limited/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
				.response();
			assertThat(response.status()).isEqualTo(413);
		}
		try (RawClient client = host.connect()) {
			client.send("POST /limited/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
			assertThat(client.response().status()).isEqualTo(100);
			assertThat(client.send("x".repeat(1000)).response().body()).isEqualTo("went on");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 999, 1000 })
	void bodyWithinTheLimitPasses(int size) {
		try (RawClient client = host.connect()) {
			client
				.send("POST /limited/a HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
			assertThat(client.response().body()).isEqualTo("got " + size);
			client.send("POST /limited/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ ((size > 0) ? Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n" : "") + "0\r\n\r\n");
			assertThat(client.response().body()).isEqualTo("got " + size);
		}
	}

	@Test
	void chunkedBodyIsCutWhereItIsTooLong() {
		long begun = count("begun");
		long aborted = count("aborted");
		try (RawClient client = host.connect()) {
			client.send("POST /limited/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
					+ "x".repeat(1000) + "\r\n");
			Awaitility.await().atMost(LIMIT).until(() -> count("begun") == begun + 1);
			client.send("1\r\nx\r\n");
			assertThat(client.response().status()).isEqualTo(413);
			assertThat(client.isClosedByPeer()).isTrue();
		}
		Awaitility.await().atMost(LIMIT).until(() -> count("aborted") == aborted + 1);
		Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("limited").activeRequests() == 0);
	}

	private static long count(String what) {
		String counts = host.get("/limited/count").body();
		return Long.parseLong(counts.replaceAll(".*?(\\d+) " + what + ".*", "$1"));
	}

	@Test
	void withoutALimitAnySizePasses() {
		try (RawClient client = host.connect()) {
			client.send("POST /free/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + "x".repeat(3_000_000));
			assertThat(client.response().body()).isEqualTo("got 3000000");
		}
	}

	@Test
	void statusOfDeveloperPagesCanBeThatOfIisnode() {
		RawResponse response = host.get("/broken/a");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).contains("Error: broken");
	}

}
