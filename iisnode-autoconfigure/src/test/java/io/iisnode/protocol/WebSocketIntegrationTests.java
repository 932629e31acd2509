package io.iisnode.protocol;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * WebSockets (RFC 6455) of clients with a library through a real host to a real node
 * process.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebSocketIntegrationTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = builder(root).script("limited.js", UpgradingNode.SCRIPT)
			.application("limited", "limited.js", "/limited/**")
			.with("iisnode.applications.limited.idle-timeout", "700ms")
			.script("aging.js", UpgradingNode.SCRIPT)
			.application("aging", "aging.js", "/aging/**")
			.with("iisnode.applications.aging.max-tunnel-age", "700ms")
			.sources(OwnWebSocket.class)
			.start();
	}

	private static NodeHost.Builder builder(Path folder) {
		return NodeHost.in(folder)
			.script("upgrade.js", UpgradingNode.SCRIPT)
			.application("upgrade", "upgrade.js", "/**");
	}

	@AfterAll
	static void stop(CapturedOutput output) {
		host.close();
		Leaks.assertNone(output);
	}

	@AfterEach
	void everySlotIsFree() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(host.snapshot("upgrade").activeRequests()).isZero());
	}

	@Test
	void fiveHundredAtOnceLoseAndMixNothing() throws Exception {
		List<Echo> echoes = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			echoes.add(new Echo(i, 4));
		}
		for (Echo echo : echoes) {
			echo.open(host, "/ws/" + echo.number);
		}
		assertThat(host.snapshot("upgrade").activeRequests()).isEqualTo(500);
		echoes.forEach(Echo::sendNext);
		for (Echo echo : echoes) {
			assertThat(echo.done.get(120, TimeUnit.SECONDS)).isEqualTo(4);
		}
		for (Echo echo : echoes) {
			echo.close(1000);
		}
		for (Echo echo : echoes) {
			assertThat(echo.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
		}
	}

	@Test
	void closeCodeIsThatOfTheApplication() throws Exception {
		Echo echo = new Echo(1, 0);
		echo.open(host, "/ws-code");
		echo.close(4321);
		assertThat(echo.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4321);
		assertThat(host.get("/events").body()).contains("/ws-code closed 4321");
	}

	@Test
	void bothSidesAreToldBeforeARecycledProcessEnds() throws Exception {
		Echo echo = new Echo(2, 2);
		echo.open(host, "/ws-recycle");
		host.application("upgrade").recycle();
		echo.sendNext();
		assertThat(echo.done.get(20, TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(echo.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(Files.readString(root.resolve("closed.txt"))).contains("/ws-recycle 1001"));
	}

	@Test
	void idleWebSocketIsEnded() throws Exception {
		Echo echo = new Echo(4, 3);
		echo.open(host, "/limited/ws");
		echo.sendNext();
		assertThat(echo.done.get(20, TimeUnit.SECONDS)).isEqualTo(3);
		assertThat(echo.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
	}

	@Test
	void oldTunnelIsEnded() throws Exception {
		Echo echo = new Echo(5, 0);
		echo.open(host, "/aging/ws");
		assertThat(echo.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
		try (RawClient client = host.connect()) {
			client.send("GET /aging/silent HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(client.isClosedByPeer()).isTrue();
		}
	}

	@Test
	void webSocketsOfTheHostWorkBesideThoseOfNode() throws Exception {
		Echo echo = new Echo(6, 3);
		echo.open(host, "/own");
		echo.sendNext();
		assertThat(echo.done.get(20, TimeUnit.SECONDS)).isEqualTo(3);
		echo.close(1000);
		assertThat(echo.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1000);
	}

	@Test
	void webSocketOfTheHostGetsWhatIsSentTooEarly() throws Exception {
		try (RawClient client = host.connect()) {
			client.send("GET /own HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
					+ "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
					+ "\u0082\u0081\u0000\u0000\u0000\u0000x");
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(client.input().readNBytes(3)).isEqualTo(new byte[] { (byte) 0x82, 1, 'x' });
		}
	}

	@Test
	void fieldsOfWebFiltersAreInTheAnswer() {
		try (RawClient client = host.connect()) {
			RawResponse head = client
				.send("GET /silent HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n")
				.head();
			assertThat(head.status()).isEqualTo(101);
			assertThat(head.headers()).containsExactlyInAnyOrder("X-Frame-Options: DENY", "Upgrade: a",
					"connection: UpGrade", "X-Mixed: a  b", "Set-Cookie: a=1", "Set-Cookie: b=2");
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnWebSocket {

		@Bean
		HandlerMapping ownWebSocketMapping() {
			WebSocketHandler echo = (session) -> session
				.send(session.receive().map((message) -> session.binaryMessage((factory) -> {
					byte[] bytes = new byte[message.getPayload().readableByteCount()];
					message.getPayload().read(bytes);
					return factory.wrap(bytes);
				})));
			return new SimpleUrlHandlerMapping(Map.of("/own", echo), Ordered.HIGHEST_PRECEDENCE);
		}

		@Bean
		WebFilter securityHeaders() {
			return (exchange, chain) -> {
				exchange.getResponse().beforeCommit(() -> {
					exchange.getResponse().getHeaders().set("X-Frame-Options", "DENY");
					return Mono.empty();
				});
				return chain.filter(exchange);
			};
		}

	}

	/**
	 * Sends binary frames of random sizes, each when the one before has come back.
	 */
	private static final class Echo implements WebSocket.Listener {

		private static final Executor SOON = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

		private final int number;

		private final int count;

		private final Random random;

		private final CompletableFuture<Integer> done = new CompletableFuture<>();

		private final CompletableFuture<Integer> closed = new CompletableFuture<>();

		private @Nullable WebSocket socket;

		private CompletableFuture<WebSocket> sent = CompletableFuture.completedFuture(null);

		private byte[] expected = {};

		private int position;

		private int rounds;

		Echo(int number, int count) {
			this.number = number;
			this.count = count;
			this.random = new Random(number);
		}

		void open(NodeHost host, String path) {
			this.socket = CLIENT.newWebSocketBuilder()
				.buildAsync(URI.create("ws://127.0.0.1:" + host.port() + path), this)
				.join();
		}

		void sendNext() {
			if (this.rounds == this.count) {
				this.done.complete(this.rounds);
				return;
			}
			// 1 byte to 1 MiB, small ones more often.
			this.expected = new byte[1 + this.random.nextInt(1 << this.random.nextInt(21))];
			this.random.nextBytes(this.expected);
			this.position = 0;
			ByteBuffer frame = ByteBuffer.wrap(this.expected);
			// The answer may be faster than the news that all has been sent.
			this.sent = this.sent.thenCompose((ignored) -> send(frame));
			this.sent.exceptionally((failure) -> {
				this.done.completeExceptionally(failure);
				return this.socket;
			});
		}

		/**
		 * The JDK tells that a frame is sent a moment before it takes another one.
		 */
		private CompletableFuture<WebSocket> send(ByteBuffer frame) {
			return this.socket.sendBinary(frame, true)
				.exceptionallyCompose((failure) -> (failure instanceof IllegalStateException)
						? CompletableFuture.supplyAsync(() -> frame, SOON).thenCompose(this::send)
						: CompletableFuture.failedFuture(failure));
		}

		void close(int code) {
			this.socket.sendClose(code, "");
		}

		@Override
		public synchronized @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
			int end = this.position + data.remaining();
			if (end > this.expected.length
					|| !data.equals(ByteBuffer.wrap(this.expected, this.position, data.remaining()))) {
				this.done.completeExceptionally(new AssertionError("Socket " + this.number + " got something else"));
			}
			this.position = end;
			if (last && end == this.expected.length) {
				this.rounds++;
				sendNext();
			}
			from.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
			this.closed.complete(code);
			return null;
		}

		@Override
		public void onError(WebSocket from, Throwable failure) {
			this.done.completeExceptionally(failure);
			this.closed.completeExceptionally(failure);
		}

	}

}
