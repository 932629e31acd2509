package io.iisnode.application;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How new releases get into service, with real files and processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeploymentIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	@TempDir
	private Path root;

	private static String answering(String text) {
		return "require('http').createServer((req, res) => res.end('" + text + "')).listen(process.env.PORT);";
	}

	private NodeHost.Builder watching(String files) {
		return NodeHost.in(this.root).with("iisnode.watched-files", files);
	}

	private static void awaitBody(NodeHost host, String path, String body) {
		await().atMost(PATIENCE).until(() -> {
			RawResponse response = host.get(path);
			assertThat(response.status()).isEqualTo(200);
			return response.body().equals(body);
		});
	}

	private static void awaitQuiet(NodeHost host, String name, int generation) {
		await().atMost(PATIENCE)
			.until(() -> host.application(name).state() == NodeApplicationState.ACTIVE
					&& host.application(name).generation() == generation);
	}

	private void release(int number) throws IOException {
		Path next = this.root.resolve("next");
		Files.createSymbolicLink(next, Path.of("releases/" + number));
		Files.move(next, this.root.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Links need a privilege there")
	void theSwitchOfALinkIsARelease() throws IOException {
		for (int number = 1; number <= 3; number++) {
			Path release = Files.createDirectories(this.root.resolve("releases/" + number));
			Files.writeString(release.resolve("app.js"), answering("release " + number));
			Files.writeString(release.resolve("found.js"), answering("found " + number));
		}
		release(1);
		try (NodeHost host = watching("*.js").application("shop", "current/app.js", "/shop/**").start()) {
			assertThat(host.get("/shop/").body()).isEqualTo("release 1");
			assertThat(host.get("/current/found.js").body()).isEqualTo("found 1");
			assertThat(host.get("/releases/1/found.js").body()).as("one application for one script")
				.isEqualTo("found 1");
			assertThat(host.manager().applications()).hasSize(2);
			for (int number = 2; number <= 3; number++) {
				release(number);
				awaitBody(host, "/shop/", "release " + number);
				awaitBody(host, "/current/found.js", "found " + number);
			}
			assertThat(host.get("/releases/1/found.js").body()).isEqualTo("found 1");
			assertThat(host.snapshot("shop").recycles()).isEqualTo(2);
			assertThat(host.snapshot("current:found.js").recycles()).isEqualTo(2);
			assertThat(host.snapshot("releases:1:found.js").recycles()).isZero();
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "The working folder of a process cannot be removed there")
	void aFolderThatIsRemovedAndRestoredIsServedAllTheTime() throws IOException {
		Path app = this.root.resolve("shop");
		try (NodeHost host = watching("*.js").script("shop/app.js", answering("one"))
			.application("shop", "shop/app.js", "/shop/**")
			.with("iisnode.applications.shop.logging-enabled", "false")
			.start()) {
			assertThat(host.get("/shop/").body()).isEqualTo("one");
			deleteTree(app);
			await().atMost(PATIENCE).until(() -> host.snapshot("shop").failedGeneration() != null);
			assertThat(host.get("/shop/").body()).as("of the old generation").isEqualTo("one");
			Files.createDirectories(app);
			Files.writeString(app.resolve("app.js"), answering("two"));
			awaitBody(host, "/shop/", "two");
			await().atMost(PATIENCE).until(() -> host.snapshot("shop").failedGeneration() == null);
		}
	}

	@Test
	void aBrokenReleaseIsNotServedAndTheNextOneIs(CapturedOutput output) throws IOException {
		Path script = this.root.resolve("app.js");
		try (NodeHost host = watching("*.js").script("app.js", answering("one")).start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			Files.writeString(script, "this is no JavaScript");
			await().atMost(PATIENCE).until(() -> host.snapshot("app.js").failedGeneration() != null);
			assertThat(host.snapshot("app.js").failedGeneration().message()).contains("SyntaxError");
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			assertThat(output).contains("SyntaxError").contains("did not start, so generation 1 stays");
			Files.writeString(script, answering("two"));
			awaitBody(host, "/app.js", "two");
			assertThat(host.snapshot("app.js").failedGeneration()).isNull();
		}
	}

	@Test
	void aWatchedFolderMayComeLater() throws IOException {
		try (NodeHost host = watching("config/*.json;*.js").script("app.js", answering("one")).start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			Files.createDirectories(this.root.resolve("config"));
			Files.writeString(this.root.resolve("config/a.json"), "{}");
			await().atMost(PATIENCE).until(() -> host.snapshot("app.js").recycles() > 0);
		}
	}

	@Test
	void aTouchIsEnough() throws IOException {
		try (NodeHost host = watching("*.js").script("app.js", answering("one")).start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			Files.setLastModifiedTime(this.root.resolve("app.js"), FileTime.from(Instant.now().plusSeconds(5)));
			awaitQuiet(host, "app.js", 2);
		}
	}

	@Test
	void fiveHundredFilesAmongTenThousandAreOneRecycle() throws IOException {
		for (int i = 0; i < 10_000; i++) {
			Path folder = this.root.resolve("lib/d" + i % 100);
			if (i < 100) {
				Files.createDirectories(folder);
			}
			Files.writeString(folder.resolve(i + ".js"), "");
		}
		try (NodeHost host = watching("**/*.js").script("app.js", answering("one")).start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			for (int i = 0; i < 500; i++) {
				Files.writeString(this.root.resolve("lib/d" + i % 100 + "/" + i + ".js"), "// " + i);
			}
			awaitQuiet(host, "app.js", 2);
			Files.writeString(this.root.resolve("app.js"), answering("two"));
			awaitBody(host, "/app.js", "two");
			assertThat(host.snapshot("app.js").recycles()).isEqualTo(2);
		}
	}

	@Test
	void anApplicationThatWritesAWatchedFileWhenItStartsIsNotRecycledForEver(CapturedOutput output) throws IOException {
		String script = "require('fs').writeFileSync(__dirname + '/stamp.js', '// ' + process.pid);";
		try (NodeHost host = watching("*.js").script("app.js", script + answering("one")).start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			await().atMost(PATIENCE).until(() -> output.toString().contains("seems to recycle itself"));
			awaitQuiet(host, "app.js", 1 + RecycleLoop.MOST_IN_A_ROW);
			assertThat(output).containsOnlyOnce("seems to recycle itself").contains("stamp.js");
			assertThat(host.snapshot("app.js").recycles()).isEqualTo(RecycleLoop.MOST_IN_A_ROW);
			Files.writeString(this.root.resolve("app.js"), answering("two"));
			awaitBody(host, "/app.js", "two");
		}
	}

	@Test
	void anApplicationThatAsksForARecycleWhenItStartsIsNotRecycledForEver(CapturedOutput output) throws IOException {
		String script = "require('net').connect(process.env.IISNODE_CONTROL_PIPE).on('error', () => {}).end('recycle');";
		try (NodeHost host = watching("*.js").script("app.js", script + answering("one")).start()) {
			assertThat(host.get("/app.js").body()).isEqualTo("one");
			await().atMost(PATIENCE).until(() -> output.toString().contains("seems to recycle itself"));
			awaitQuiet(host, "app.js", 1 + RecycleLoop.MOST_IN_A_ROW);
			assertThat(output).containsOnlyOnce("seems to recycle itself").contains("IISNODE_CONTROL_PIPE");
		}
	}

	private static void deleteTree(Path folder) throws IOException {
		Files.walkFileTree(folder, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.delete(file);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
				Files.delete(visited);
				return FileVisitResult.CONTINUE;
			}

		});
	}

}
