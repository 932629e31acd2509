package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Files that change under a running application.
 */
class FileChangeIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static String answering(String text) {
		return "require('http').createServer((req, res) => res.end('" + text + "')).listen(process.env.PORT);";
	}

	@Test
	void aChangedScriptIsServedWithoutARequestThatFails(@TempDir Path root) throws IOException {
		try (NodeHost host = NodeHost.in(root)
			.script("app.js", answering("one"))
			.with("iisnode.watched-files", "*.js")
			.start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			Files.writeString(root.resolve("app.js"), answering("two"));
			await().atMost(PATIENCE).until(() -> {
				var response = host.get("/app.js");
				assertThat(response.status()).isEqualTo(200);
				return response.body().equals("two");
			});
			assertThat(host.snapshot("app.js").recycles()).isEqualTo(1);
		}
	}

	@Test
	void theLogOfTheApplicationDoesNotRecycleIt(@TempDir Path root) throws IOException {
		try (NodeHost host = NodeHost.in(root)
			.script("app.js", "console.log('started');" + answering("one"))
			.with("iisnode.watched-files", "**/*")
			.start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			await().atMost(PATIENCE).until(() -> Files.exists(root.resolve("iisnode").resolve("index.html")));
			// Behind the log in time: a change that counts, and is the only one.
			Files.writeString(root.resolve("data.json"), "{}");
			await().atMost(PATIENCE).until(() -> host.snapshot("app.js").recycles() > 0);
			await().atMost(PATIENCE).until(() -> host.snapshot("app.js").state() == NodeApplicationState.ACTIVE);
			assertThat(host.snapshot("app.js").recycles()).isEqualTo(1);
		}
	}

	@Test
	void nothingIsWatchedIfNoFilesAreNamed(@TempDir Path root) throws IOException {
		try (NodeHost host = NodeHost.in(root)
			.script("quiet.js", answering("one"))
			.script("loud/loud.js", answering("one"))
			.application("loud", "loud/loud.js", "/loud/**")
			.with("iisnode.watched-files", "")
			.with("iisnode.applications.loud.watched-files", "*.js")
			.start()) {
			assertThat(host.get("/quiet.js").body()).isEqualTo("one");
			assertThat(host.get("/loud/").body()).isEqualTo("one");
			Files.writeString(root.resolve("quiet.js"), answering("two"));
			Files.writeString(root.resolve("loud/loud.js"), answering("two"));
			await().atMost(PATIENCE).until(() -> host.get("/loud/").body().equals("two"));
			assertThat(host.get("/quiet.js").body()).isEqualTo("one");
			assertThat(host.snapshot("quiet.js").recycles()).isZero();
		}
	}

}
