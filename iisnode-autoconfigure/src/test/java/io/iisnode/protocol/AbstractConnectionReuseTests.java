package io.iisnode.protocol;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections to node that serve one exchange after another: nobody gets the answer of
 * another, and nobody suffers from their end.
 */
abstract class AbstractConnectionReuseTests {

	/**
	 * Closes connections that are idle for 5 ms and does not announce it.
	 */
	static final String HASTY_SCRIPT = """
			const server = require('http').createServer((req, res) => {
			  res.setHeader('Connection', 'keep-alive');
			  res.end(req.url);
			});
			server.keepAliveTimeout = 5;
			server.listen(process.env.PORT);
			""";

	/**
	 * Answers and closes without a look at the body.
	 */
	static final String CLOSING_SCRIPT = """
			require('http').createServer((req, res) => {
			  res.setHeader('Connection', 'close');
			  res.end(req.url);
			}).listen(process.env.PORT);
			""";

	private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

	private static final String MINE = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine";

	private final String target = "/raw/" + UUID.randomUUID();

	@AfterEach
	void noSlotIsLeaked() {
		Wire.awaitIdle(ExchangeIntegrationTests.host(), "raw");
	}

	@Test
	void connectionIsUsedAgain() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			warm(client);
			for (int i = 0; i < 10; i++) {
				assertThat(get(client, "X-Fresh: 1\r\n" + RawNode.answering(MINE)).body()).isEqualTo("mine");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { HELLO, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot yours", "garbage",
			"garbage\r\n\r\ngarbage", "H", "HTTP/1.1 200", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" })
	void whatFollowsAnAnswerNeverReachesTheNextClient(String more) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			warm(client);
			for (int i = 0; i < 5; i++) {
				assertThat(get(client, RawNode.answering(HELLO + more)).body()).isEqualTo("hello");
				RawResponse next = get(client, RawNode.answering(MINE));
				assertThat(next.status()).isEqualTo(200);
				assertThat(next.body()).isEqualTo("mine");
				try (RawClient other = ExchangeIntegrationTests.host().connect()) {
					assertThat(get(other, RawNode.answering(MINE)).body()).isEqualTo("mine");
				}
			}
		}
	}

	@Test
	void bodyOfAnAnswerThatHasNoneNeverReachesTheNextClient() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 5; i++) {
				client.send("HEAD " + this.target + " HTTP/1.1\r\nHost: a\r\n" + RawNode.answering(HELLO) + "\r\n");
				assertThat(client.responseToHead().header("Content-Length")).contains("5");
				assertThat(get(client, RawNode.answering(MINE)).body()).isEqualTo("mine");
				assertThat(get(client, RawNode.answering("HTTP/1.1 304 Not Modified\r\n\r\n" + HELLO)).status())
					.isEqualTo(304);
				assertThat(get(client, RawNode.answering(MINE)).body()).isEqualTo("mine");
			}
		}
	}

	@Test
	void whatArrivesOnAnIdleConnectionNeverReachesTheNextClient() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 5; i++) {
				Path closed = ExchangeIntegrationTests.host().root().resolve(UUID.randomUUID().toString());
				assertThat(get(client, RawNode.answering(HELLO) + "X-Then: " + closed.getFileName() + "\r\n").body())
					.isEqualTo("hello");
				Wire.await().until(() -> Files.exists(closed));
				assertThat(get(client, RawNode.answering(MINE)).body()).isEqualTo("mine");
			}
		}
	}

	@Test
	void idempotentRequestIsRepeatedOnceWhenTheReusedConnectionWasClosed() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (String method : List.of("GET", "DELETE", "OPTIONS", "PUT")) {
				String one = this.target + method;
				warm(client);
				client.send(method + " " + one + " HTTP/1.1\r\nHost: a\r\nX-Fresh: 1\r\nX-Then: close\r\n\r\n");
				assertThat(client.response().body()).isEqualTo("fresh");
				assertThat(RawNode.seen(ExchangeIntegrationTests.host(), one)).hasSize(2).doesNotHaveDuplicates();
			}
		}
	}

	@Test
	void requestIsNotRepeatedASecondTime() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			warm(client);
			assertThat(get(client, "X-Then: close\r\n").status()).isEqualTo(502);
			assertThat(RawNode.seen(ExchangeIntegrationTests.host(), this.target)).hasSize(2).doesNotHaveDuplicates();
		}
	}

	@ParameterizedTest
	@CsvSource({ "POST, ''", "POST, Content-Length: 0", "PATCH, ''", "POST, Content-Length: 5",
			"PUT, Content-Length: 5", "DELETE, Content-Length: 5" })
	void requestThatMayHaveHadAnEffectIsNotRepeated(String method, String framing) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			warm(client);
			boolean body = framing.endsWith("5");
			client.send(method + " " + this.target + " HTTP/1.1\r\nHost: a\r\nX-Then: close\r\n"
					+ (framing.isEmpty() ? "" : framing + "\r\n") + (body ? "X-After: 5\r\n\r\nhello" : "\r\n"));
			assertThat(client.response().status()).isEqualTo(502);
			assertThat(RawNode.seen(ExchangeIntegrationTests.host(), this.target)).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "garbage\r\n\r\n",
			"HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n" })
	void requestThatNodeBeganToAnswerIsNotRepeated(String begin) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			warm(client);
			client.send("GET " + this.target + " HTTP/1.1\r\nHost: a\r\nX-Then: close\r\n" + RawNode.answering(begin)
					+ "\r\n");
			RawResponse response = client.response();
			assertThat((response.status() < 200) ? client.response().status() : response.status()).isEqualTo(502);
			assertThat(RawNode.seen(ExchangeIntegrationTests.host(), this.target)).hasSize(1);
		}
	}

	@Test
	void requestOnAFreshConnectionIsNeverRepeated() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			String one = this.target.replace("/raw/", "/fresh/");
			for (int i = 1; i <= 3; i++) {
				client.send("GET " + one + " HTTP/1.1\r\nHost: a\r\nX-Then: close\r\n\r\n");
				assertThat(client.response().status()).isEqualTo(502);
				assertThat(ExchangeIntegrationTests.host().get("/fresh/seen" + one).body().split(" ")).hasSize(i);
			}
		}
	}

	@Test
	void bodyThatWasNotSentYetIsSentOverTheFreshConnection() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			warm(client);
			client.send("POST " + this.target + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
					+ "X-Fresh: 1\r\nX-Then: close\r\n\r\n");
			assertThat(client.response().body()).isEqualTo("fresh");
			assertThat(RawNode.seen(ExchangeIntegrationTests.host(), this.target)).hasSize(2).doesNotHaveDuplicates();
		}
	}

	@Test
	void noRequestFailsWhenNodeClosesEachConnectionRightAfterItsAnswer() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 200; i++) {
				RawResponse response = get(client, "X-Then: close\r\n" + RawNode.answering(HELLO));
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.body()).isEqualTo("hello");
			}
		}
	}

	@Test
	void noRequestFailsWhenNodeClosesIdleConnectionsAtThatMoment() {
		List<CompletableFuture<Void>> clients = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			clients.add(CompletableFuture.runAsync(this::requestsAroundTheTimeout));
		}
		assertThat(CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new))).succeedsWithin(20,
				TimeUnit.SECONDS);
	}

	private void requestsAroundTheTimeout() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 30; i++) {
				assertThat(client.get("/hasty/" + i).body()).isEqualTo("/hasty/" + i);
				Wire.pause(3 + i % 5);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 3, 70_000, 500_000 })
	void answerIsNotLostWhenNodeClosesBeforeItHasTheWholeRequest(int size) {
		byte[] body = new byte[size];
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < ((size < 100_000) ? 80 : 20); i++) {
				client.send("POST /closing/" + i + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
				client.send(body);
				RawResponse response = client.response();
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.body()).isEqualTo("/closing/" + i);
			}
		}
	}

	@Test
	void answerIsNotLostWhenNodeClosesBeforeItHasAllChunks() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < 200; i++) {
				client.send("POST /closing/" + i + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
				for (int piece = 0; piece < 5; piece++) {
					client.send(Wire.chunk("piece " + piece));
				}
				RawResponse response = client.send("0\r\n\r\n").response();
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.body()).isEqualTo("/closing/" + i);
			}
		}
	}

	/**
	 * Leaves an idle connection on each event loop that the next request may use.
	 */
	private static void warm(RawClient client) {
		for (int i = 0; i < 4; i++) {
			client.send("GET /raw/warm HTTP/1.1\r\nHost: a\r\n" + RawNode.answering(HELLO) + "\r\n");
			assertThat(client.response().body()).isEqualTo("hello");
		}
	}

	private RawResponse get(RawClient client, String fields) {
		return client.send("GET " + this.target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").response();
	}

}
