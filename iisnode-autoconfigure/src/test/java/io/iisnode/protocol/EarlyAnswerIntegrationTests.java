package io.iisnode.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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
 * Applications that answer before they have the whole request, and go on reading it.
 */
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@EnumSource(IoMode.class)
class EarlyAnswerIntegrationTests {

	private static final List<String> APPLICATIONS = List.of("app", "idle");

	@TempDir
	private static Path root;

	private static NodeHost host;

	@Parameter
	private IoMode mode;

	private final String id = UUID.randomUUID().toString();

	@BeforeParameterizedClassInvocation
	static void start(IoMode mode) {
		host = mode.apply(NodeHost.in(root))
			.script("early.js", EarlyNode.SCRIPT)
			.application("app", "early.js", "/app/**")
			.application("idle", "early.js", "/idle/**")
			.with("iisnode.applications.idle.idle-timeout", "500ms")
			.with("server.http2.enabled", true)
			.with("server.compression.enabled", true)
			.with("server.compression.min-response-size", 1)
			.start();
	}

	@AfterEach
	void noSlotIsLeaked() {
		APPLICATIONS.forEach((application) -> Wire.awaitIdle(host, application));
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		host.close();
	}

	@AfterAll
	static void noBufferIsLeaked(CapturedOutput output) {
		Leaks.assertNone(output);
	}

	// Clients that go away

	@ParameterizedTest
	@CsvSource({ "whole, true", "whole, false", "chunked, true", "chunked, false", "nocontent, false" })
	void nodeSeesThatTheClientLeftBehindTheAnswer(String kind, boolean reset) {
		RawClient client = begin("POST", kind, "HTTP/1.1", "Content-Length: 10\r\n", "hello");
		assertThat(client.response().status()).isBetween(200, 299);
		assertThat(active()).isOne();
		if (reset) {
			client.reset();
		}
		else {
			client.close();
		}
		awaitSeen("cut");
		assertThat(seen("app")).doesNotContain("complete");
	}

	@Test
	void clientThatLeftDoesNotHoldTheSlotWhileNodeDoesNotRead() {
		RawClient client = begin("POST", "slow", "HTTP/1.1", "Content-Length: 100000000\r\n", "");
		assertThat(client.response().body()).isEqualTo("accepted");
		CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> client.send(new byte[100_000_000]));
		Wire.pause(200);
		client.reset();
		assertThat(sending).failsWithin(20, TimeUnit.SECONDS);
		Wire.awaitIdle(host, "app");
		host.get("/app/go/" + this.id);
		awaitSeen("cut");
	}

	// Uploads that go on

	@ParameterizedTest
	@EnumSource(EarlyNode.Answer.class)
	void restOfTheUploadReachesNode(EarlyNode.Answer kind) {
		try (RawClient client = begin("POST", kind.path(), "HTTP/1.1", "Content-Length: 10\r\n", "hello")) {
			RawResponse answer = client.response();
			assertThat(answer.complete()).isTrue();
			assertThat(answer.body()).isEqualTo(kind.body());
			assertThat(active()).isOne();
			assertThat(seen("app")).isEqualTo("begun");
			client.send("wor").send("ld");
			awaitSeen("complete=10");
			assertThat(client.get("/app/seen/" + this.id).body()).isEqualTo("begun complete=10");
		}
	}

	@ParameterizedTest
	@EnumSource(EarlyNode.Answer.class)
	void restOfAChunkedUploadReachesNode(EarlyNode.Answer kind) {
		try (RawClient client = begin("PUT", kind.path(), "HTTP/1.1", "Transfer-Encoding: chunked\r\n",
				Wire.chunk("hello"))) {
			assertThat(client.response().body()).isEqualTo(kind.body());
			assertThat(active()).isOne();
			client.send(Wire.chunk("world"));
			assertThat(seen("app")).isEqualTo("begun");
			client.send("0\r\nX-Sum: 1\r\n\r\n");
			awaitSeen("complete=10");
			assertThat(client.get("/app/seen/" + this.id).body()).isEqualTo("begun complete=10");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "whole", "length", "chunked", "nocontent" })
	void restOfAnUploadOverHttp10ReachesNode(String kind) throws IOException {
		try (RawClient client = begin("POST", kind, "HTTP/1.0", "Content-Length: 10\r\n", "hello")) {
			RawResponse head = client.head();
			int length = head.header("Content-Length").map(Integer::parseInt).orElse(0);
			// Without a length, the end of the connection is the end of the answer.
			byte[] body = "chunked".equals(kind) ? client.input().readAllBytes() : client.input().readNBytes(length);
			assertThat(body).asString().isEqualTo("nocontent".equals(kind) ? "" : "accepted");
			client.send("world");
			awaitSeen("complete=10");
			assertThat(client.isClosedByPeer()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "text", "texts" })
	void compressedAnswerIsComplete(String kind) throws IOException {
		try (RawClient client = begin("POST", kind, "HTTP/1.1", "Content-Length: 10\r\nAccept-Encoding: gzip\r\n",
				"hello")) {
			RawResponse answer = client.response();
			assertThat(answer.header("Content-Encoding")).contains("gzip");
			assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.bytes())).readAllBytes()).asString()
				.isEqualTo("accepted");
			assertThat(active()).isOne();
			client.send("world");
			awaitSeen("complete=10");
		}
	}

	@Test
	void connectionsStayInUse() {
		try (RawClient client = host.connect()) {
			int before = Integer.parseInt(client.get("/app/connections").body());
			for (int i = 0; i < 10; i++) {
				client.send("POST /app/whole/" + this.id + i + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
				assertThat(client.response().body()).isEqualTo("accepted");
				client.send("helloworld");
				String one = this.id + i;
				Wire.await().until(() -> client.get("/app/seen/" + one).body().contains("complete"));
			}
			// One for each loop.
			assertThat(Integer.parseInt(client.get("/app/connections").body()) - before).isLessThanOrEqualTo(4);
		}
	}

	@Test
	void nodeThatReadsSlowlyPausesTheClientBehindTheAnswer() {
		int length = 40_000_000;
		AtomicLong sent = new AtomicLong();
		long before = Leaks.megabytes();
		try (RawClient client = begin("POST", "slow", "HTTP/1.1", "Content-Length: " + length + "\r\n", "")) {
			assertThat(client.response().body()).isEqualTo("accepted");
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 1000; i++) {
					client.send(new byte[length / 1000]);
					sent.addAndGet(length / 1000);
				}
			});
			Wire.pause(500);
			assertThat(sent.get()).isLessThan(length / 2);
			assertThat(Leaks.megabytes() - before).isLessThan(24);
			host.get("/app/go/" + this.id);
			assertThat(sending).succeedsWithin(60, TimeUnit.SECONDS);
			awaitSeen("complete=" + length);
			assertThat(client.get("/app/seen/" + this.id).status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 100_000, 1_500_000 })
	void clientMayLeaveAsSoonAsItHasSentAll(int length) {
		RawClient client = begin("POST", "slow", "HTTP/1.1", "Content-Length: " + length + "\r\n", "hello");
		assertThat(client.response().body()).isEqualTo("accepted");
		client.send(new byte[length - 5]).close();
		Wire.pause(200);
		host.get("/app/go/" + this.id);
		awaitSeen("complete=" + length);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Connection: close\r\n" })
	void nextRequestWaitsForTheEndOfTheUpload(String fields) {
		int length = 2_000_000;
		try (RawClient client = begin("POST", "slow", "HTTP/1.1", "Content-Length: " + length + "\r\n", "")) {
			assertThat(client.response().body()).isEqualTo("accepted");
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> client.send(new byte[length])
				.send("GET /app/seen/" + this.id + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"));
			Wire.pause(200);
			host.get("/app/go/" + this.id);
			assertThat(client.response().body()).startsWith("begun");
			assertThat(sending).succeedsWithin(20, TimeUnit.SECONDS);
			awaitSeen("complete=" + length);
		}
	}

	// Uploads that end in another way

	@Test
	void brokenChunkIsNotTheEndOfTheUpload() {
		try (RawClient client = begin("POST", "whole", "HTTP/1.1", "Transfer-Encoding: chunked\r\n",
				Wire.chunk("hello"))) {
			assertThat(client.response().body()).isEqualTo("accepted");
			client.send("no chunk\r\n\r\n");
			awaitSeen("cut");
			assertThat(seen("app")).doesNotContain("complete");
			assertThat(client.isClosedByPeer()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "close", "destroy" })
	void connectionOfTheClientOutlivesThatOfNode(String kind) {
		try (RawClient client = begin("POST", kind, "HTTP/1.1", "Content-Length: 4000000\r\n", "hello")) {
			assertThat(client.response().complete()).isTrue();
			awaitSeen("cut");
			Wire.awaitIdle(host, "app");
			client.send(new byte[4_000_000 - 5]);
			assertThat(client.get("/app/seen/" + this.id).body()).isEqualTo("begun cut");
		}
	}

	@Test
	void closingConnectionIsDrainedSoThatTheAnswerIsNotLost() throws IOException {
		try (RawClient client = begin("POST", "destroy", "HTTP/1.1", "Content-Length: 4000000\r\nConnection: close\r\n",
				"hello")) {
			awaitSeen("cut");
			client.send(new byte[4_000_000 - 5]);
			assertThat(client.response().body()).isEqualTo("accepted");
			assertThat(client.input().read()).isNegative();
		}
	}

	@Test
	void clientThatWaitsForContinueIsNotWaitedFor() {
		try (RawClient client = begin("POST", "whole", "HTTP/1.1", "Content-Length: 10\r\nExpect: 100-continue\r\n",
				"")) {
			assertThat(client.response().status()).isEqualTo(413);
			assertThat(active()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "whole", "chunked", "stuck" })
	void silenceBehindTheAnswerEndsTheUpload(String kind) {
		int length = 4_000_000;
		try (RawClient client = host.connect()) {
			client.send("POST /idle/" + kind + "/" + this.id + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length
					+ "\r\n\r\n");
			assertThat(client.response().body()).isEqualTo("accepted");
			boolean stuck = "stuck".equals(kind);
			if (stuck) {
				client.send(new byte[length]);
			}
			Wire.awaitIdle(host, "idle");
			if (!stuck) {
				// The other one does not look.
				Wire.await().until(() -> seen("idle").contains("cut"));
				client.send(new byte[length]);
			}
			assertThat(client.get("/app/connections").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void recycleEndsTheUploadOrWaitsForItsEnd(boolean ends) {
		try (RawClient client = begin("POST", "whole", "HTTP/1.1", "Content-Length: 10\r\n", "hello")) {
			assertThat(client.response().body()).isEqualTo("accepted");
			long process = host.snapshot("app").processes().get(0).pid();
			host.application("app").recycle();
			assertThat(host.get("/app/connections").status()).isEqualTo(200);
			assertThat(ProcessHandle.of(process).filter(ProcessHandle::isAlive)).isPresent();
			if (ends) {
				client.send("world");
			}
			Wire.await().until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
			if (!ends) {
				client.send("world");
			}
			assertThat(client.get("/app/connections").status()).isEqualTo(200);
		}
	}

	// HTTP/2

	@ParameterizedTest
	@EnumSource(EarlyNode.Answer.class)
	void restOfTheUploadOfAStreamReachesNode(EarlyNode.Answer kind) {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false, request(kind.path()));
			Http2Response answer = stream.send("hello", false).response();
			assertThat(answer.body()).isEqualTo(kind.body());
			assertThat(answer.error()).isNegative();
			assertThat(active()).isOne();
			byte[] piece = new byte[1_000_000];
			stream.send(piece, false).send(piece, true);
			awaitSeen("complete=2000005");
			Wire.awaitIdle(host, "app");
			assertThat(stream.waiting()).isZero();
			assertThat(client.get("/app/seen/" + this.id).response().body()).isEqualTo("begun complete=2000005");
		}
	}

	@Test
	void nodeSeesThatAStreamWasResetBehindTheAnswer() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false, request("whole")).send("hello", false);
			assertThat(stream.response().body()).isEqualTo("accepted");
			stream.cancel();
			awaitSeen("cut");
			assertThat(seen("app")).doesNotContain("complete");
			assertThat(client.get("/app/connections").response().status()).isEqualTo(200);
		}
	}

	@Test
	void silenceOfAStreamBehindTheAnswerEndsTheUpload() {
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false,
					List.of(":method: POST", ":scheme: http", ":authority: a", ":path: /idle/whole/" + this.id));
			assertThat(stream.response().body()).isEqualTo("accepted");
			Wire.await().until(() -> seen("idle").contains("cut"));
			Wire.awaitIdle(host, "idle");
			assertThat(client.get("/app/connections").response().status()).isEqualTo(200);
		}
	}

	private List<String> request(String kind) {
		return new ArrayList<>(
				List.of(":method: POST", ":scheme: http", ":authority: a", ":path: /app/" + kind + "/" + this.id));
	}

	private RawClient begin(String method, String kind, String version, String fields, String part) {
		return host.connect()
			.send(method + " /app/" + kind + "/" + this.id + " " + version + "\r\nHost: a\r\n" + fields + "\r\n"
					+ part);
	}

	private static int active() {
		return host.snapshot("app").activeRequests();
	}

	private String seen(String application) {
		return host.get("/" + application + "/seen/" + this.id).body();
	}

	private void awaitSeen(String what) {
		Wire.await().until(() -> seen("app").contains(what));
	}

}
