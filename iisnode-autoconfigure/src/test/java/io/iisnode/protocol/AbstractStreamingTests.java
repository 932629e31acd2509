package io.iisnode.protocol;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies that are under way in both directions, and answers that do not wait for the
 * request.
 */
abstract class AbstractStreamingTests {

	/**
	 * Whatever is held back is let go by a request to /go.
	 */
	static final String SCRIPT = """
			const held = [];
			const hold = (action) => held.push(action);
			const routes = {
			  '/go': (req, res) => {
			    held.splice(0).forEach((action) => action());
			    res.end('went');
			  },
			  '/echo': (req, res) => {
			    res.writeHead(200);
			    res.flushHeaders();
			    req.pipe(res);
			  },
			  '/events': (req, res) => {
			    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			    res.flushHeaders();
			    let count = 0;
			    const event = () => {
			      res.write(`data: ${++count}\\n\\n`);
			      hold(event);
			    };
			    hold(event);
			  },
			  '/early': (req, res) => {
			    res.writeHead(413);
			    res.end('too much');
			  },
			  '/early-and-close': (req, res) => {
			    res.writeHead(413, { Connection: 'close' });
			    res.end('too much');
			  },
			  '/read-some': (req, res) => {
			    req.once('data', (piece) => {
			      req.pause();
			      res.end(`read ${piece.length > 0}`);
			    });
			  },
			  '/head-then-upload': (req, res) => {
			    res.write('begun;');
			    let length = 0;
			    req.on('data', (piece) => { length += piece.length; }).on('end', () => res.end(`got ${length}`));
			  },
			};
			const server = require('http').createServer((req, res) => routes[req.url.slice('/streams'.length)](req, res));
			server.on('checkContinue', (req, res) => {
			  if (req.url === '/streams/refuse') {
			    res.writeHead(417).end('refused');
			    return;
			  }
			  if (req.url === '/streams/hint') {
			    res.writeEarlyHints({ link: '</a.css>' });
			  }
			  res.writeContinue();
			  routes['/head-then-upload'](req, res);
			});
			server.listen(process.env.PORT);
			""";

	@AfterEach
	void noSlotIsLeaked() {
		Wire.awaitIdle(ExchangeIntegrationTests.host(), "streams");
	}

	@Test
	void bodiesFlowBothWaysAtOnce() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			for (int i = 0; i < 50; i++) {
				String piece = "piece " + i;
				client.send(Wire.chunk(piece));
				assertThat(Wire.readUntil(client, piece + "\r\n")).isEqualTo(Wire.chunk(piece));
			}
			client.send("0\r\n\r\n");
			assertThat(Wire.readUntil(client, "0\r\n\r\n")).isEqualTo("0\r\n\r\n");
			assertThat(client.get("/streams/go").body()).isEqualTo("went");
		}
	}

	@Test
	void largeBodiesFlowBothWaysAtOnce() throws Exception {
		byte[] body = new byte[8 * 1024 * 1024];
		for (int i = 0; i < body.length; i++) {
			body[i] = (byte) (i * 31 >> 3);
		}
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams/echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> client.send(body));
			RawResponse response = client.response();
			sending.get(20, TimeUnit.SECONDS);
			assertThat(response.complete()).isTrue();
			assertThat(response.bytes()).isEqualTo(body);
		}
	}

	@Test
	void headOfAnEventStreamArrivesBeforeTheFirstEventAndEachEventBeforeTheNext() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("GET /streams/events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
			RawResponse head = client.head();
			assertThat(head.header("Content-Type")).contains("text/event-stream");
			for (int i = 1; i <= 20; i++) {
				ExchangeIntegrationTests.host().get("/streams/go");
				String event = "data: " + i + "\n\n";
				assertThat(Wire.readUntil(client, "\r\n" + event + "\r\n")).isEqualTo(Wire.chunk(event));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/early", "/early-and-close" })
	void earlyAnswerArrivesWhileTheUploadGoesOn(String path) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams" + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nfirst bytes");
			RawResponse response = client.response();
			assertThat(response.status()).isEqualTo(413);
			assertThat(response.body()).isEqualTo("too much");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/early", "/early-and-close", "/read-some" })
	void earlyAnswerIsNotLostWhenTheClientSendsAllBeforeItReads(String path) {
		byte[] body = new byte[4 * 1024 * 1024];
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams" + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
			client.send(body);
			RawResponse response = client.response();
			assertThat(response.complete()).isTrue();
			assertThat(response.body()).isEqualTo(path.equals("/read-some") ? "read true" : "too much");
			// The rest of the upload is not taken for the next request.
			assertThat(client.get("/streams/go").body()).isEqualTo("went");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/early", "/early-and-close" })
	void earlyAnswerToAChunkedUploadLeavesTheConnectionUsable(String path) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams" + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ Wire.chunk("first"));
			assertThat(client.response().body()).isEqualTo("too much");
			client.send(Wire.chunk("second")).send("0\r\n\r\n");
			assertThat(client.get("/streams/go").body()).isEqualTo("went");
		}
	}

	@Test
	void responseBeginsWhileTheUploadGoesOn() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams/head-then-upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
			assertThat(client.head().status()).isEqualTo(200);
			assertThat(Wire.readUntil(client, "begun;\r\n")).isEqualTo(Wire.chunk("begun;"));
			client.send("world");
			assertThat(Wire.readUntil(client, "0\r\n\r\n")).isEqualTo(Wire.chunk("got 10") + "0\r\n\r\n");
		}
	}

	@Test
	void continueIsSentOnceAndByNode() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client
				.send("POST /streams/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(100);
			assertThat(client.send("hello").response().body()).isEqualTo("begun;got 5");
		}
	}

	@Test
	void hintsAndContinueAreBothPassed() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /streams/hint HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
			RawResponse hint = client.head();
			assertThat(hint.status()).isEqualTo(103);
			assertThat(hint.headers()).containsExactly("Link: </a.css>");
			assertThat(client.head().status()).isEqualTo(100);
			assertThat(client.send("hello").response().body()).isEqualTo("begun;got 5");
		}
	}

	@Test
	void refusedExpectationIsAnsweredWithoutAskingForTheBody() {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client
				.send("POST /streams/refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
			RawResponse response = client.response();
			assertThat(response.status()).isEqualTo(417);
			assertThat(response.body()).isEqualTo("refused");
			// Nobody knows whether the body will follow.
			assertThat(client.isClosedByPeer()).isTrue();
		}
	}

}
