package io.iisnode.protocol;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.application.NodeApplicationState;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;
import io.iisnode.testing.Streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of responses that still arrive when their process has to end.
 */
class LongResponseIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	private Path root;

	@Test
	void eventsEndInOrderOthersAreCutAndTheApplicationIsTold() throws Exception {
		try (NodeHost host = NodeHost.in(this.root)
			.script("app/app.js", Streams.SCRIPT)
			.application("app", "app/app.js", "/app/**")
			.with("iisnode.graceful-shutdown-timeout", "3s")
			.start(); RawClient first = host.connect(); RawClient second = host.connect()) {
			String old = host.get("/app/").body();
			CompletableFuture<RawResponse> events = Streams.read(first, "/app/events");
			CompletableFuture<RawResponse> endless = Streams.read(second, "/app/endless");
			host.application("app").recycle();
			await().atMost(PATIENCE).until(() -> host.snapshot("app").generation() == 2);
			assertThat(events).as("during the grace").isNotDone();
			RawResponse ended = events.get(20, TimeUnit.SECONDS);
			assertThat(ended.complete()).as("an end in order").isTrue();
			assertThat(ended.body()).startsWith("data: tick\n\n").endsWith("\n\n");
			assertThat(first.get("/app/").body()).as("on the same connection").isNotEqualTo(old);
			assertThat(endless.get(20, TimeUnit.SECONDS).complete()).as("cut").isFalse();
			await().atMost(PATIENCE).until(() -> host.application("app").state() == NodeApplicationState.ACTIVE);
			assertThat(Files.readString(this.root.resolve("app/shutdown.log"))).contains(old);
		}
	}

	@Test
	void whatHasALengthMayComeToItsEnd() throws Exception {
		try (NodeHost host = NodeHost.in(this.root)
			.script("app/app.js", Streams.SCRIPT)
			.application("app", "app/app.js", "/app/**")
			.start(); RawClient client = host.connect()) {
			CompletableFuture<RawResponse> sized = Streams.read(client, "/app/sized");
			host.manager().endLongLived(true);
			assertThat(sized.get(20, TimeUnit.SECONDS).body()).isEqualTo("1234567890");
			assertThat(host.snapshot("app").activeRequests()).isZero();
		}
	}

}
