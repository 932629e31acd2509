package io.iisnode.protocol;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * <code>idle-timeout</code> on requests that are no WebSockets: what stands still is
 * ended, and who is at fault is told; what is only slow is not.
 */
@ExtendWith(OutputCaptureExtension.class)
class IdleTimeoutIntegrationTests {

	/**
	 * Does what the last part of the path says, and counts the responses that somebody
	 * else has ended.
	 */
	private static final String SCRIPT = """
			let gone = 0;
			require('http').createServer((req, res) => {
			  const what = req.url.slice(req.url.lastIndexOf('/') + 1);
			  if (what === 'gone') {
			    res.end(String(gone));
			    return;
			  }
			  res.on('close', () => { gone += res.writableFinished ? 0 : 1; });
			  if (what === 'deaf') {
			    return;
			  }
			  let size = 0;
			  req.on('error', () => {}).on('data', (piece) => { size += piece.length; });
			  if (what === 'upload') {
			    req.on('end', () => res.end(`got ${size}`));
			  } else if (what === 'middle') {
			    res.write('begun;');
			  } else if (what === 'drip') {
			    let left = 6;
			    const timer = setInterval(() => {
			      res.write('x');
			      if (--left === 0) {
			        clearInterval(timer);
			        res.end('done');
			      }
			    }, 500);
			  } else if (what === 'flood') {
			    const block = Buffer.alloc(65536);
			    const more = () => { while (res.write(block)); };
			    res.on('drain', more);
			    more();
			  }
			}).listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.with("server.http2.enabled", true)
			.script("idle.js", SCRIPT)
			.application("short", "idle.js", "/short/**")
			.with("iisnode.applications.short.idle-timeout", "500ms")
			.application("steady", "idle.js", "/steady/**")
			.with("iisnode.applications.steady.idle-timeout", "2s")
			.start();
	}

	@AfterAll
	static void stop(CapturedOutput output) {
		host.close();
		Leaks.assertNone(output);
	}

	@Test
	void responseThatStallsIsCut(CapturedOutput output) {
		int before = gone();
		RawResponse response = host.get("/short/middle");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.complete()).isFalse();
		assertThat(response.body()).isEqualTo("begun;");
		assertEnded(before, output, "No byte went to or from", "connection cut");
	}

	@Test
	void stallOverHttp2EndsItsStreamOnly(CapturedOutput output) {
		int before = gone();
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Response response = client.get("/short/middle").response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("begun;");
			assertThat(response.error()).as("INTERNAL_ERROR").isEqualTo(2);
			assertThat(client.get("/short/gone").response().status()).isEqualTo(200);
		}
		assertEnded(before, output, "No byte went to or from", "connection cut");
	}

	@Test
	void responseThatDoesNotBeginIsAnswered504(CapturedOutput output) {
		int before = gone();
		try (RawClient client = host.connect()) {
			assertThat(client.get("/short/silent").status()).isEqualTo(504);
			assertThat(client.get("/short/gone").status()).as("on the same connection").isEqualTo(200);
		}
		assertEnded(before, output, "No byte went to or from", "answered 504");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
			"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "Content-Length: 10\r\n\r\n" })
	void uploadThatStallsIsAnswered408(String begin, CapturedOutput output) {
		int before = gone();
		try (RawClient client = host.connect()) {
			RawResponse response = client.send("POST /short/upload HTTP/1.1\r\nHost: a\r\n" + begin).response();
			assertThat(response.status()).isEqualTo(408);
			assertThat(response.header("Connection")).contains("close");
			assertThat(client.isClosedByPeer()).isTrue();
		}
		assertEnded(before, output, "The client sent no more of its request", "answered 408");
	}

	@Test
	void uploadThatStallsOverHttp2IsAnswered408(CapturedOutput output) {
		int before = gone();
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false,
					List.of(":method: POST", ":scheme: http", ":authority: a", ":path: /short/upload"));
			assertThat(stream.send("hello", false).head().status()).isEqualTo(408);
			assertThat(client.get("/short/gone").response().status()).isEqualTo(200);
		}
		assertEnded(before, output, "The client sent no more of its request", "answered 408");
	}

	@Test
	void processThatReadsNoMoreIsNotTheClientsFault(CapturedOutput output) {
		try (RawClient client = host.connect()) {
			client.send("POST /steady/deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
			byte[] block = new byte[100_000];
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
				// More than the sockets hold; it fails when the host closes the
				// connection.
				for (int i = 0; i < 1000; i++) {
					client.send(block);
				}
			});
			Wire.await().until(() -> !failures(output).isEmpty());
			assertThat(failures(output)).singleElement()
				.asString()
				.contains("to application 'steady' failed", "No byte went to or from",
						"for 2000 ms (iisnode.idle-timeout)", "answered 504");
			Wire.awaitIdle(host, "steady");
			Wire.await().until(sending::isDone);
		}
	}

	@Test
	void clientThatReadsNoMoreLosesItsConnection(CapturedOutput output) throws IOException {
		int before = gone();
		try (RawClient client = host.connect()) {
			client.send("GET /short/flood HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			assertEnded(before, output, "No byte went to or from", "connection cut");
		}
	}

	@Test
	void slowResponseIsNotCut(CapturedOutput output) {
		RawResponse response = host.get("/steady/drip");
		assertThat(response.complete()).isTrue();
		assertThat(response.body()).isEqualTo("xxxxxxdone");
		assertThat(failures(output)).isEmpty();
	}

	@Test
	void slowUploadIsNotEnded(CapturedOutput output) {
		try (RawClient client = host.connect()) {
			client.send("POST /steady/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
			for (int i = 0; i < 6; i++) {
				Wire.pause(500);
				client.send("x");
			}
			assertThat(client.response().body()).isEqualTo("got 6");
		}
		assertThat(failures(output)).isEmpty();
	}

	private static int gone() {
		return Integer.parseInt(host.get("/short/gone").body());
	}

	/**
	 * Node has seen the end, the slot is free, and it stands in the log once.
	 */
	private static void assertEnded(int goneBefore, CapturedOutput output, String... parts) {
		Wire.await().until(() -> gone() == goneBefore + 1);
		Wire.awaitIdle(host, "short");
		Wire.await().until(() -> !failures(output).isEmpty());
		assertThat(failures(output)).singleElement()
			.asString()
			.contains("to application 'short' failed", "for 500 ms (iisnode.idle-timeout)")
			.contains(parts);
	}

	private static List<String> failures(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")).toList();
	}

}
