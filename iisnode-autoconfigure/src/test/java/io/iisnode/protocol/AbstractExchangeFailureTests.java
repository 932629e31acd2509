package io.iisnode.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes that do not answer, or not with HTTP, or not to the end: the client gets the
 * right status or sees that something is missing, and each failure is logged once.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractExchangeFailureTests {

	/**
	 * Answers as late as the query says: its head, and the end of its body.
	 */
	static final String TIMED_SCRIPT = """
			let gone = 0;
			require('http').createServer((req, res) => {
			  const query = new URL(req.url, 'http://a').searchParams;
			  if (query.has('gone')) {
			    res.end(String(gone));
			    return;
			  }
			  res.on('close', () => { gone += res.writableFinished ? 0 : 1; });
			  req.resume().on('end', () => {
			    if (query.has('hint')) {
			      res.writeEarlyHints({ link: '</a>' });
			    }
			    setTimeout(() => {
			      res.write('begun;');
			      setTimeout(() => res.end('done'), Number(query.get('end')));
			    }, Number(query.get('head') ?? 1e6)).unref();
			  });
			}).listen(process.env.PORT);
			""";

	private final String target = "/raw/" + UUID.randomUUID();

	@Test
	void noResponseHeadInTimeIsAnswered504(CapturedOutput output) {
		int gone = Integer.parseInt(get("/timed/?gone").body());
		assertThat(get("/timed/").status()).isEqualTo(504);
		Wire.await().until(() -> Integer.parseInt(get("/timed/?gone").body()) == gone + 1);
		assertOneFailure("timed", output, "iisnode.request-timeout", "answered 504");
	}

	@Test
	void interimResponseDoesNotStopTheClock(CapturedOutput output) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			assertThat(client.get("/timed/?hint").status()).isEqualTo(103);
			assertThat(client.response().status()).isEqualTo(504);
		}
		assertOneFailure("timed", output, "iisnode.request-timeout", "answered 504");
	}

	@Test
	void clockRunsNeitherDuringTheUploadNorAfterTheHead(CapturedOutput output) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /timed/?head=10&end=400 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
			Wire.pause(400);
			RawResponse response = client.send("b").response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("begun;done");
		}
		assertNoFailure("timed", output);
	}

	@ParameterizedTest
	@ValueSource(strings = { "garbage\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n",
			"HTTP/1.1 200 OK\r\nX-Large: @\r\n\r\n", "HTTP/1.1 200 @\r\n\r\n",
			"HTTP/1.1 103 Early Hints\r\nX-Large: @\r\n\r\n" })
	void whatIsNoResponseHeadIsAnswered502(String garbage, CapturedOutput output) {
		assertThat(request("X-Padding: 66000\r\n", garbage).status()).isEqualTo(502);
		assertOneFailure("raw", output, "before it responded", "answered 502");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "H", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" })
	void closeBeforeTheEndOfTheHeadIsAnswered502(String begin, CapturedOutput output) {
		assertThat(request("X-Then: close\r\n", begin).status()).isEqualTo(502);
		assertOneFailure("raw", output, "before it responded", "answered 502");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 10\r\n\r\n", "Content-Length: 10\r\n\r\nhello",
			"Transfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
			"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
			"Content-Length: 100000\r\n\r\n@" })
	void closeInTheMiddleOfTheBodyCutsTheConnection(String begin, CapturedOutput output) {
		RawResponse response = request("X-Then: close\r\nX-Padding: 70000\r\n", "HTTP/1.1 200 OK\r\n" + begin);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.complete()).isFalse();
		assertOneFailure("raw", output, "in the middle of its response", "connection cut");
	}

	@ParameterizedTest
	@ValueSource(strings = { "5\r\nhello\r\nxyz\r\n", "5\r\nhelloxyz\r\n\r\n", "-1\r\n\r\n" })
	void brokenChunksCutTheConnection(String chunks, CapturedOutput output) throws IOException {
		Path go = ExchangeIntegrationTests.host().root().resolve(UUID.randomUUID().toString());
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("GET " + this.target + " HTTP/1.1\r\nHost: a\r\nX-Wait: " + go.getFileName() + "\r\n"
					+ RawNode.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks) + "\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			Files.createFile(go);
			assertThat(client.input().readAllBytes()).asString().doesNotContain("0\r\n\r\n");
		}
		assertOneFailure("raw", output, "in the middle of its response", "connection cut");
	}

	@Test
	void endOfTheProcessBeforeTheHeadIsAnswered502(CapturedOutput output) {
		assertThat(request("X-Then: exit\r\n").status()).isEqualTo(502);
		Wire.await().until(() -> output.getAll().contains("has ended unexpectedly"));
		assertThat(failures(output)).singleElement().asString().contains("before it responded", "answered 502");
	}

	@Test
	void endOfTheProcessInTheMiddleOfTheBodyCutsTheConnection(CapturedOutput output) {
		RawResponse response = request("X-Then: exit\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
				"5\r\nhello\r\n");
		assertThat(response.complete()).isFalse();
		Wire.await().until(() -> output.getAll().contains("has ended unexpectedly"));
		assertThat(failures(output)).singleElement().asString().contains("in the middle", "connection cut");
	}

	@Test
	void clientsThatLeaveAreNobodysFailure(CapturedOutput output) {
		for (int i = 0; i < 5; i++) {
			try (RawClient client = ExchangeIntegrationTests.host().connect()) {
				client.send("POST /timed/?head=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
				Wire.await().until(() -> ExchangeIntegrationTests.host().snapshot("timed").activeRequests() == 1);
				client.reset();
			}
			Wire.awaitIdle(ExchangeIntegrationTests.host(), "timed");
		}
		// Reactor Netty has its own opinion.
		assertThat(problems(output)).noneMatch((line) -> line.contains(" io.iisnode."));
	}

	private static RawResponse get(String path) {
		return ExchangeIntegrationTests.host().get(path);
	}

	private RawResponse request(String fields, String... pieces) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			// Not idempotent, so that nothing is repeated.
			client
				.send("POST " + this.target + " HTTP/1.1\r\nHost: a\r\n" + fields + RawNode.answering(pieces) + "\r\n");
			return client.response();
		}
	}

	private static void assertOneFailure(String application, CapturedOutput output, String... parts) {
		Wire.awaitIdle(ExchangeIntegrationTests.host(), application);
		assertThat(problems(output)).singleElement()
			.asString()
			.contains("to application '" + application + "' failed")
			.contains(parts);
	}

	private static void assertNoFailure(String application, CapturedOutput output) {
		Wire.awaitIdle(ExchangeIntegrationTests.host(), application);
		assertThat(problems(output)).isEmpty();
	}

	private static List<String> failures(CapturedOutput output) {
		return problems(output).stream().filter((line) -> line.contains(" failed")).toList();
	}

	private static List<String> problems(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")).toList();
	}

}
