package io.iisnode.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Upgrades through a real host to a real node process (RFC 9110, section 7.8).
 */
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@EnumSource(IoMode.class)
class UpgradeIntegrationTests {

	private static final String NO_HALF_CLOSE = "Named pipes cannot be closed for one direction";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@Parameter
	private IoMode mode;

	@BeforeParameterizedClassInvocation
	static void start(IoMode mode) {
		host = mode.apply(NodeHost.in(root))
			.script("upgrade.js", UpgradingNode.SCRIPT)
			.application("upgrade", "upgrade.js", "/**")
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		host.close();
	}

	@AfterAll
	static void noBufferIsLeaked(CapturedOutput output) {
		Leaks.assertNone(output);
	}

	@AfterEach
	void everySlotIsFree() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(host.snapshot("upgrade").activeRequests()).isZero());
	}

	@Test
	void bytesGoBothWays() throws IOException {
		try (RawClient client = upgrade("/echo", "Connection: Upgrade\r\nUpgrade: echo")) {
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(read(client, 6)).isEqualTo("hello;");
			client.send("one");
			assertThat(read(client, 3)).isEqualTo("one");
			client.send("two\r\n\r\nGET / HTTP/1.1\r\n\r\n");
			assertThat(read(client, 25)).isEqualTo("two\r\n\r\nGET / HTTP/1.1\r\n\r\n");
			assertThat(host.snapshot("upgrade").activeRequests()).isOne();
			assertThat(host.snapshot("upgrade").processes().get(0).upgradedRequests()).isOne();
		}
	}

	@Test
	void headOfTheAnswerIsThatOfNode() {
		try (RawClient client = upgrade("/silent", "Connection: Upgrade\r\nUpgrade: a/1, b")) {
			RawResponse head = client.head();
			assertThat(head.status()).isEqualTo(101);
			assertThat(head.reason()).isEqualTo("Over To You");
			assertThat(head.headers()).containsExactly("Upgrade: a/1, b", "connection: UpGrade", "X-Mixed: a  b",
					"Set-Cookie: a=1", "Set-Cookie: b=2");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Upgrade", "keep-alive, Upgrade", "UPGRADE,keep-alive", "close, Upgrade" })
	void connectionFieldIsAList(String value) throws IOException {
		try (RawClient client = upgrade("/headers", "Connection: " + value + "\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			String seen = new String(client.input().readAllBytes(), StandardCharsets.ISO_8859_1);
			assertThat(seen.toLowerCase()).contains("host|test").contains("connection|upgrade").contains("upgrade|a");
		}
	}

	@Test
	void bytesThatAreSentTooEarlyAreKept() throws IOException {
		try (RawClient client = host.connect()) {
			client
				.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly\r\n\r\nbird");
			client.send(" and more");
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(read(client, 28)).isEqualTo("hello;early\r\n\r\nbird and more");
		}
	}

	@Test
	void bytesThatAreSentTooEarlyAreKeptWhereverTheHeadIsCut() throws IOException {
		String head = "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly";
		for (int cut : new int[] { 1, 30, head.length() - 8, head.length() - 7, head.length() - 6,
				head.length() - 5 }) {
			try (RawClient client = host.connect()) {
				client.send(head.substring(0, cut));
				Wire.pause(20);
				client.send(head.substring(cut));
				assertThat(client.head().status()).isEqualTo(101);
				assertThat(read(client, 11)).isEqualTo("hello;early");
			}
		}
	}

	@Test
	void pipelinedUpgradeIsServedInTurn() throws IOException {
		try (RawClient client = host.connect()) {
			client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n"
					+ "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
			assertThat(client.response().body()).startsWith("GET /a");
			assertThat(client.response().body()).startsWith("GET /b");
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(read(client, 11)).isEqualTo("hello;early");
		}
	}

	@Test
	void refusalIsAnOrdinaryResponse() {
		try (RawClient client = upgrade("/refuse", "Connection: Upgrade\r\nUpgrade: websocket")) {
			RawResponse refusal = client.response();
			assertThat(refusal.status()).isEqualTo(403);
			assertThat(refusal.reason()).isEqualTo("Not Today");
			assertThat(refusal.header("X-Why")).contains("secret");
			assertThat(refusal.body()).isEqualTo("sorry\n");
			assertThat(client.get("/next").body()).startsWith("GET /next");
		}
	}

	@Test
	void whatFollowsARefusedUpgradeIsTheNextRequest() {
		try (RawClient client = host.connect()) {
			client.send("GET /refuse HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n"
					+ "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.response().status()).isEqualTo(403);
			assertThat(client.response().body()).startsWith("GET /next");
			assertThat(client.get("/after").body()).startsWith("GET /after");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /x HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: a\r\nHost: a\r\n\r\n",
			"GET /x HTTP/1.1\r\nUpgrade: a\r\nHost: a\r\n\r\n",
			"GET /x HTTP/1.1\r\nConnection: Upgrade\r\nHost: a\r\n\r\n",
			"GET /x HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\nHost: a\r\n\r\n",
			"POST /x HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: a\r\nHost: a\r\nContent-Length: 1\r\n\r\na" })
	void whatIsNoWishForAnUpgradeIsAnOrdinaryRequest(String request) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.send(request).response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body().toLowerCase()).doesNotContain("upgrade");
		}
	}

	@Test
	void nodeThatSwitchesWithoutBeingAskedIsABadGateway() {
		try (RawClient client = host.connect()) {
			assertThat(client.get("/unasked").status()).isEqualTo(502);
			assertThat(client.get("/next").body()).startsWith("GET /next");
		}
	}

	@Test
	void connectIsNotImplemented() {
		try (RawClient client = host.connect()) {
			assertThat(client.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
				.response()
				.status()).isEqualTo(501);
		}
	}

	@Test
	void whatIsAnsweredToTheLastBytesOfTheClientArrives() throws IOException {
		try (RawClient client = upgrade("/echo", "Connection: Upgrade\r\nUpgrade: echo")) {
			assertThat(client.head().status()).isEqualTo(101);
			client.send("x".repeat(300_000));
			client.shutdownOutput();
			String answer = new String(client.input().readAllBytes(), StandardCharsets.ISO_8859_1);
			assertThat(answer).hasSize(300_006).startsWith("hello;xxx");
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_HALF_CLOSE)
	void nodeAnswersAfterTheClientHasEndedItsSide() throws IOException {
		try (RawClient client = upgrade("/last", "Connection: Upgrade\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			client.send("x".repeat(300_000));
			client.shutdownOutput();
			String answer = new String(client.input().readAllBytes(), StandardCharsets.ISO_8859_1);
			assertThat(answer).hasSize(300_004).startsWith("got xxx");
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_HALF_CLOSE)
	void clientIsHeardAfterNodeHasEndedItsSide() throws IOException {
		Assumptions.assumeFalse(this.mode == IoMode.JDK_OWN_LOOPS,
				"Netty closes Unix sockets of the JDK when the other side ends its output");
		try (RawClient client = upgrade("/first-" + this.mode, "Connection: Upgrade\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(new String(client.input().readAllBytes(), StandardCharsets.ISO_8859_1)).isEqualTo("bye");
			client.send("still here");
			awaitEvent("/first-" + this.mode + " heard still here");
			client.shutdownOutput();
			awaitEvent("/first-" + this.mode + " close");
		}
	}

	@Test
	void nodeSeesThatTheClientIsGone() {
		try (RawClient client = upgrade("/silent-reset-" + this.mode, "Connection: Upgrade\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			client.reset();
			awaitEvent("/silent-reset-" + this.mode + " close");
		}
	}

	@Test
	void clientSeesThatTheProcessIsGone() throws IOException {
		try (RawClient client = upgrade("/silent", "Connection: Upgrade\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			long pid = host.snapshot("upgrade").processes().get(0).pid();
			ProcessHandle.of(pid).orElseThrow().destroyForcibly();
			assertThat(client.isClosedByPeer()).isTrue();
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(host.get("/next").status()).isEqualTo(200));
	}

	@Test
	void slowReaderStopsNode() throws IOException {
		try (RawClient client = upgrade("/flood", "Connection: Upgrade\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			long before = Leaks.megabytes();
			Wire.pause(500);
			assertThat(Leaks.megabytes() - before).isLessThan(64);
			long total = 0;
			byte[] buffer = new byte[65536];
			int count = client.input().read(buffer);
			while (count >= 0) {
				total += count;
				count = client.input().read(buffer);
			}
			assertThat(total).isGreaterThanOrEqualTo(200L * 1024 * 1024);
		}
	}

	@Test
	void slowReaderInNodeStopsTheClientAndIsClosedWhenTheClientIsGone() {
		try (RawClient client = upgrade("/deaf", "Connection: Upgrade\r\nUpgrade: a")) {
			assertThat(client.head().status()).isEqualTo(101);
			client.send(new byte[200_000]);
			client.reset();
		}
	}

	static RawClient upgrade(String target, String fields) {
		return host.connect().send("GET " + target + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n\r\n");
	}

	private static void awaitEvent(String event) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(host.get("/events").body()).contains(event));
	}

	private static String read(RawClient client, int length) throws IOException {
		return new String(client.input().readNBytes(length), StandardCharsets.ISO_8859_1);
	}

}
