package io.iisnode.protocol;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.Http2Client;
import io.iisnode.testing.Http2Response;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that come over HTTP/2 without TLS (RFC 9113).
 */
@ExtendWith(OutputCaptureExtension.class)
class Http2IntegrationTests {

	/**
	 * Bodies that nobody reads, and others.
	 */
	private static final String UPLOADS = """
			let unread = 0;
			require('http').createServer((req, res) => {
			  if (req.url === '/uploads/unread') {
			    unread++;
			    return;
			  }
			  if (req.url === '/uploads/seen') {
			    res.end(String(unread));
			    return;
			  }
			  let length = 0;
			  req.on('data', (piece) => { length += piece.length; }).on('end', () => res.end(`got ${length}`));
			}).listen(process.env.PORT);
			""";

	private static final long INTERNAL_ERROR = 2;

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.with("server.http2.enabled", true)
			.with("iisnode.forwarded-headers", "none")
			.script("mirror.js", AbstractRequestForwardingTests.SCRIPT)
			.script("streams.js", AbstractStreamingTests.SCRIPT)
			.script("clients.js", AbstractClientDisconnectTests.SCRIPT)
			.script("pressure.js", AbstractBackPressureTests.SCRIPT)
			.script("raw.js", RawNode.SCRIPT)
			.script("uploads.js", UPLOADS)
			.application("mirror", "mirror.js", "/**")
			.application("streams", "streams.js", "/streams/**")
			.application("clients", "clients.js", "/clients/**")
			.application("pressure", "pressure.js", "/pressure/**")
			.application("raw", "raw.js", "/raw/**")
			.application("uploads", "uploads.js", "/uploads/**")
			.application("narrow", "clients.js", "/narrow/**")
			.with("iisnode.applications.narrow.max-concurrent-requests-per-process", 1)
			.start();
	}

	@AfterEach
	void noSlotIsLeaked() {
		for (String application : List.of("mirror", "streams", "clients", "pressure", "raw", "uploads", "narrow")) {
			Wire.awaitIdle(host, application);
		}
	}

	@AfterAll
	static void stop(CapturedOutput output) {
		host.close();
		Leaks.assertNone(output);
	}

	private static List<String> request(String method, String path, String... fields) {
		List<String> lines = new ArrayList<>(
				List.of(":method: " + method, ":scheme: http", ":authority: shop.example:81", ":path: " + path));
		lines.addAll(List.of(fields));
		return lines;
	}

	private static List<String> seen(String label, Http2Response response) {
		return response.body()
			.lines()
			.filter((line) -> line.startsWith(label))
			.map((line) -> line.substring(label.length()))
			.toList();
	}

	// What node gets

	@Test
	void requestReachesNodeAsOneOfHttp11() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Response response = client
				.open(true,
						request("GET", "/a?b", "cookie: a=1", "x-one: 1", "te: trailers", "cookie: b=2; c=3",
								"x-one: 2"))
				.response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).startsWith("GET /a?b HTTP/1.1\n");
			assertThat(seen("header ", response)).containsExactly("host: shop.example:81", "x-one: 1", "x-one: 2",
					"cookie: a=1; b=2; c=3", "connection: keep-alive");
		}
	}

	@Test
	void bodyWithoutALengthArrivesChunkedAndWithItsTrailers() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Response response = client.open(false, request("POST", "/a"))
				.send("hello ", false)
				.send("world", false)
				.trailers(List.of("x-sum: 1", "x-sum: 2"))
				.response();
			assertThat(seen("header ", response)).containsExactly("host: shop.example:81", "transfer-encoding: chunked",
					"connection: keep-alive");
			assertThat(response.body()).contains("body hello world");
			assertThat(seen("trailer ", response)).containsExactly("x-sum: 1", "x-sum: 2");
		}
	}

	@Test
	void bodyOfKnownLengthKeepsItsLength() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Response response = client.open(false, request("PUT", "/a", "content-length: 5"))
				.send("hello", true)
				.response();
			assertThat(seen("header ", response)).containsExactly("host: shop.example:81", "content-length: 5",
					"connection: keep-alive");
			assertThat(response.body()).contains("body hello");
		}
	}

	@Test
	void eachStreamHasItsOwnTargetByteForByte() {
		List<String> targets = List.of("/a|b", "/a%2Fb", "//a//b?c|d", "/?q={\"x\":\"^`<>\\\"}", "/a%?b%zz", "/plain",
				"/a/../b;x=1", "/?", "*");
		try (Http2Client client = Http2Client.connect(host.port())) {
			for (int round = 0; round < 3; round++) {
				List<Http2Client.Stream> streams = targets.stream()
					.map((target) -> client.open(true, request(target.equals("*") ? "OPTIONS" : "GET", target)))
					.toList();
				for (int i = 0; i < targets.size(); i++) {
					Http2Response response = streams.get(i).response();
					String method = targets.get(i).equals("*") ? "OPTIONS " : "GET ";
					assertThat(response.body().lines().findFirst()).contains(method + targets.get(i) + " HTTP/1.1");
				}
			}
		}
	}

	// What the client gets

	@Test
	void interimResponsesAndTrailersArePassed() {
		String answer = RawNode
			.answering("HTTP/1.1 102 Processing\r\n\r\n",
					"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: keep-alive\r\n\r\n",
					"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nConnection: x-secret\r\nX-Secret: 1\r\n"
							+ "Set-Cookie: a=1\r\nX-Name: \u00e4\u00ff\r\nSet-Cookie: b=2\r\n\r\n",
					"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")
			.strip()
			.replace("X-Answer", "x-answer");
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Response response = client.open(true, request("GET", "/raw/", answer)).response();
			assertThat(response.interim()).extracting(Http2Response::status).containsExactly(102, 103);
			assertThat(response.interim().get(1).headers()).containsExactly("link: </a.css>");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.headers()).containsExactly("set-cookie: a=1", "x-name: \u00e4\u00ff",
					"set-cookie: b=2");
			assertThat(response.body()).isEqualTo("hello");
			assertThat(response.trailers()).containsExactly("x-sum: 1");
		}
	}

	@Test
	void continueComesFromNode() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false,
					request("POST", "/streams/hint", "content-length: 5", "expect: 100-continue"));
			assertThat(stream.head().headers()).containsExactly("link: </a.css>");
			assertThat(stream.head().status()).isEqualTo(100);
			assertThat(stream.send("hello", true).response().body()).isEqualTo("begun;got 5");
		}
	}

	@Test
	void headOfAnEventStreamArrivesBeforeTheFirstEventAndEachEventBeforeTheNext() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream events = client.get("/streams/events");
			assertThat(events.head().header("content-type")).contains("text/event-stream");
			for (int i = 1; i <= 20; i++) {
				assertThat(client.get("/streams/go").response().body()).isEqualTo("went");
				assertThat(events.data()).isEqualTo("data: " + i + "\n\n");
			}
			events.cancel();
		}
	}

	@Test
	void bodiesFlowBothWaysAtOnce() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false,
					request("POST", "/streams/echo", "content-type: application/grpc-web+proto"));
			assertThat(stream.head().status()).isEqualTo(200);
			for (int i = 0; i < 50; i++) {
				stream.send("piece " + i, false);
				assertThat(stream.data()).isEqualTo("piece " + i);
			}
			assertThat(stream.send("", true).response().error()).isNegative();
		}
	}

	@Test
	void responseThatNodeBreaksOffEndsWithAnError() {
		String answer = RawNode.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "hello").strip();
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Response response = client
				.open(true, request("GET", "/raw/", answer.replace("X-Answer", "x-answer"), "x-then: close"))
				.response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("hello");
			assertThat(response.error()).isEqualTo(INTERNAL_ERROR);
			assertThat(client.get("/next").response().status()).isEqualTo(200);
		}
	}

	// Streams that end early

	@Test
	void resetOfAStreamIsSeenByNodeAndFreesTheSlot() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			for (String kind : List.of("compute", "stream", "flood")) {
				String id = UUID.randomUUID().toString();
				Http2Client.Stream stream = client.get("/clients/" + kind + "/" + id);
				awaitSeen(id, "begun");
				stream.cancel();
				awaitSeen(id, "gone@");
				Wire.awaitIdle(host, "clients");
			}
			assertThat(client.isOpen()).isTrue();
		}
	}

	@Test
	void resetOfAnUploadNeverLooksLikeItsEnd() {
		String id = UUID.randomUUID().toString();
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false, request("POST", "/clients/upload/" + id))
				.send("hello", false);
			awaitSeen(id, "data ");
			stream.cancel();
			assertThat(awaitSeen(id, "gone@")).contains("error@").doesNotContain("complete");
		}
	}

	@Test
	void resetOfAStreamThatWaitsLeavesTheQueue() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream first = client.get("/narrow/compute/1");
			Wire.await().until(() -> host.snapshot("narrow").activeRequests() == 1);
			Http2Client.Stream second = client.get("/narrow/compute/2");
			Wire.await().until(() -> host.snapshot("narrow").pendingRequests() == 1);
			second.cancel();
			Wire.await().until(() -> host.snapshot("narrow").pendingRequests() == 0);
			first.cancel();
		}
	}

	@Test
	void endOfTheConnectionEndsAllItsStreams() {
		String id = UUID.randomUUID().toString();
		try (Http2Client client = Http2Client.connect(host.port())) {
			for (int i = 0; i < 10; i++) {
				client.get("/clients/compute/" + id + i);
			}
			for (int i = 0; i < 10; i++) {
				awaitSeen(id + i, "begun");
			}
		}
		for (int i = 0; i < 10; i++) {
			awaitSeen(id + i, "gone@");
		}
	}

	private static String awaitSeen(String id, String what) {
		return Wire.await().until(() -> host.get("/clients/seen/" + id).body(), (seen) -> seen.contains(what));
	}

	// Many streams on one connection

	@Test
	void slowReaderOfOneStreamPausesNodeAndNoOtherStream() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream slow = client.get("/pressure/?download=200000000&connection=keep-alive");
			Wire.await().until(() -> slow.waiting() > 1);
			for (int i = 0; i < 5; i++) {
				byte[] body = new byte[300_000];
				Http2Client.Stream echo = client.open(false, request("POST", "/streams/echo")).send(body, true);
				assertThat(echo.response().bytes()).hasSize(body.length);
			}
			long moved = Long.parseLong(host.get("/pressure/?moved").body());
			assertThat(moved).isLessThan(40_000_000);
			slow.cancel();
		}
	}

	@Test
	void uploadThatNobodyReadsStopsNoOtherUpload() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			List<Http2Client.Stream> unread = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				unread.add(client.open(false, request("POST", "/uploads/unread")).send(new byte[16_000_000], true));
			}
			Wire.await().until(() -> host.get("/uploads/seen").body().equals("4"));
			for (int i = 0; i < 5; i++) {
				Http2Response response = client.open(false, request("POST", "/uploads/read"))
					.send(new byte[1_000_000], true)
					.response();
				assertThat(response.body()).isEqualTo("got 1000000");
			}
			unread.forEach(Http2Client.Stream::cancel);
		}
	}

	@Test
	void hundredStreamsAtOnceGetTheirOwnBodies() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			for (int round = 0; round < 3; round++) {
				List<Http2Client.Stream> streams = new ArrayList<>();
				for (int i = 0; i < 100; i++) {
					streams.add(client.open(false, request("POST", "/" + i)).send("body of " + i, true));
				}
				for (int i = 0; i < 100; i++) {
					Http2Response response = streams.get(i).response();
					assertThat(response.body()).startsWith("POST /" + i + " HTTP/1.1\n");
					assertThat(response.body().lines()).contains("body body of " + i);
				}
			}
		}
	}

	// Changing over from HTTP/1.1

	@Test
	void clientThatAsksForTheChangeGetsIt() throws Exception {
		HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();
		HttpResponse<String> first = client.send(HttpRequest.newBuilder(URI.create(host.url("/a%2Fb?c"))).build(),
				BodyHandlers.ofString());
		assertThat(first.version()).isEqualTo(Version.HTTP_2);
		assertThat(first.body()).startsWith("GET /a%2Fb?c HTTP/1.1\n").doesNotContain("x-http2", "http2-settings");
		HttpResponse<String> second = client.send(
				HttpRequest.newBuilder(URI.create(host.url("/b"))).POST(BodyPublishers.ofString("hello")).build(),
				BodyHandlers.ofString());
		assertThat(second.version()).isEqualTo(Version.HTTP_2);
		assertThat(second.body()).contains("body hello");
	}

	@Test
	void clientThatAsksForTheChangeWithABodyIsServedOverHttp11() throws Exception {
		HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();
		HttpResponse<String> first = client.send(
				HttpRequest.newBuilder(URI.create(host.url("/a"))).POST(BodyPublishers.ofString("hello")).build(),
				BodyHandlers.ofString());
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(first.version()).isEqualTo(Version.HTTP_1_1);
		assertThat(first.body()).contains("body hello");
	}

}
