package io.iisnode.protocol;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a WebSocket when its host stops. A class of its own, since the host's
 * event loops are those of all hosts in this JVM.
 */
class WebSocketHostStopIntegrationTests {

	@TempDir
	private Path root;

	private final CompletableFuture<Integer> closed = new CompletableFuture<>();

	@Test
	void bothSidesAreTold() throws Exception {
		try (NodeHost host = NodeHost.in(this.root)
			.script("upgrade.js", UpgradingNode.SCRIPT)
			.application("upgrade", "upgrade.js", "/**")
			.start()) {
			HttpClient.newHttpClient()
				.newWebSocketBuilder()
				.buildAsync(URI.create("ws://127.0.0.1:" + host.port() + "/ws-stop"), new Listener())
				.join();
		}
		assertThat(this.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
		assertThat(Files.readString(this.root.resolve("closed.txt"))).contains("/ws-stop 1001");
	}

	private final class Listener implements WebSocket.Listener {

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
			WebSocketHostStopIntegrationTests.this.closed.complete(code);
			return null;
		}

		@Override
		public void onError(WebSocket from, Throwable failure) {
			WebSocketHostStopIntegrationTests.this.closed.completeExceptionally(failure);
		}

	}

}
