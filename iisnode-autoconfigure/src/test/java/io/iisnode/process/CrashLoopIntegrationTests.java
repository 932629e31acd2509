package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;
import io.iisnode.testing.Wine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications that cannot live, with real processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class CrashLoopIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String GOOD = """
			require('http').createServer((req, res) => res.end('good')).listen(process.env.PORT);
			""";

	private static final String BAD = "throw new Error('cannot live');";

	private static final String CRASHES = """
			require('http').createServer(() => process.exit(3)).listen(process.env.PORT);
			""";

	/** Of those at once. */
	private static final int LOOPS = Wine.isUsed() ? 4 : 10;

	@TempDir
	private Path root;

	@TempDir
	private Path pipes;

	private NodeHost.Builder host() {
		return NodeHost.in(this.root)
			.sources(RecordingLauncher.class)
			.with("iisnode.pipe-directory", this.pipes)
			.with("iisnode.rapid-fail-limit", 3);
	}

	private static List<Process> started(NodeHost host, String name) {
		return host.context().getBean(RecordingLauncher.class).startedIn(name);
	}

	private static StartState state(NodeHost host, String name) {
		return host.snapshot(name).rapidFail().state();
	}

	private static RawResponse suspended(NodeHost host, String name) {
		for (int i = 0; i < 3; i++) {
			assertThat(host.get("/" + name + "/").status()).isIn(502, 503);
		}
		await().atMost(PATIENCE).until(() -> state(host, name) == StartState.SUSPENDED);
		return host.get("/" + name + "/");
	}

	@Test
	void itIsStartedEverMoreSeldomAndRecoversByItself(CapturedOutput output) throws IOException {
		try (NodeHost host = host().script("loop/app.js", BAD).application("loop", "loop/app.js", "/loop/**").start()) {
			RawResponse response = suspended(host, "loop");
			assertThat(response.status()).isEqualTo(503);
			assertThat(Integer.parseInt(response.header("Retry-After").orElseThrow())).isBetween(1, 60);
			assertThat(response.body()).doesNotContain("cannot live");
			int requests = 0;
			while (started(host, "loop").size() < 5) {
				assertThat(host.get("/loop/").status()).isEqualTo(503);
				requests++;
			}
			assertThat(requests).as("far more requests than starts").isGreaterThan(20);
			Files.writeString(this.root.resolve("loop/app.js"), GOOD);
			// Without a request.
			await().atMost(PATIENCE).until(() -> state(host, "loop") == StartState.RECOVERED);
			assertThat(host.get("/loop/").body()).isEqualTo("good");
			assertThat(output.toString().split("Application 'loop' fails: 3 of its processes", -1)).hasSize(2);
			assertThat(output.toString().split("Application 'loop' is started again when", -1)).hasSize(2);
		}
	}

	@Test
	void aChangedFileOrARecycleTriesAtOnce() throws IOException {
		try (NodeHost host = host().script("files/app.js", BAD)
			.script("hand/app.js", BAD)
			.application("files", "files/app.js", "/files/**")
			.application("hand", "hand/app.js", "/hand/**")
			.with("iisnode.applications.files.watched-files", "*.js")
			.start()) {
			suspended(host, "files");
			suspended(host, "hand");
			Files.writeString(this.root.resolve("files/app.js"), GOOD);
			Files.writeString(this.root.resolve("hand/app.js"), GOOD);
			host.application("hand").recycle();
			assertThat(state(host, "hand")).isEqualTo(StartState.ALLOWED);
			assertThat(host.snapshot("hand").processes()).as("starts without a request").isNotEmpty();
			assertThat(host.get("/hand/").body()).isEqualTo("good");
			await().atMost(PATIENCE).until(() -> host.get("/files/").body().equals("good"));
		}
	}

	/**
	 * Half of the applications never listen, half of them die with each request.
	 */
	@Test
	void crashLoopsUnderLoadHarmNobodyElseAndLeaveNothing() throws Exception {
		List<String> names = new ArrayList<>();
		NodeHost.Builder builder = host().script("good/app.js", GOOD).application("good", "good/app.js", "/good/**");
		for (int i = 0; i < LOOPS; i++) {
			String name = "loop" + i;
			names.add(name);
			builder.script(name + "/app.js", (i % 2 == 0) ? BAD : CRASHES)
				.application(name, name + "/app.js", "/" + name + "/**");
		}
		Set<Process> processes = ConcurrentHashMap.newKeySet();
		AtomicInteger served = new AtomicInteger();
		ExecutorService clients = Executors.newFixedThreadPool(5);
		try (NodeHost host = builder.start()) {
			assertThat(host.get("/good/").status()).isEqualTo(200);
			AtomicBoolean done = new AtomicBoolean();
			List<Future<?>> results = new ArrayList<>();
			results.add(clients.submit(() -> {
				while (!done.get()) {
					assertThat(host.get("/good/").status()).isEqualTo(200);
					served.incrementAndGet();
				}
			}));
			for (int i = 0; i < 4; i++) {
				results.add(clients.submit(() -> {
					while (!done.get()) {
						for (String name : names) {
							assertThat(host.get("/" + name + "/").status()).isIn(502, 503);
						}
					}
				}));
			}
			try {
				await().atMost(Duration.ofMinutes(3))
					.until(() -> results.stream().anyMatch(Future::isDone)
							|| names.stream().allMatch((name) -> started(host, name).size() > 3));
			}
			finally {
				done.set(true);
			}
			for (Future<?> result : results) {
				result.get();
			}
			names.forEach((name) -> processes.addAll(started(host, name)));
			assertThat(started(host, "good")).hasSize(1);
		}
		finally {
			clients.shutdown();
		}
		assertThat(served).hasPositiveValue();
		assertThat(processes).hasSizeGreaterThan(3 * LOOPS).noneMatch(Process::isAlive);
		assertThat(this.pipes).isEmptyDirectory();
		await().untilAsserted(() -> assertThat(Leftovers.threads())
			.noneMatch((name) -> name.startsWith("iisnode-") && !name.startsWith("iisnode-log-writer")));
	}

	@Test
	void aBrokenDeploymentLeavesTheOldOneAndTheNextChangeTriesAgain(CapturedOutput output) throws IOException {
		try (NodeHost host = host().script("app/app.js", GOOD)
			.application("app", "app/app.js", "/app/**")
			.with("iisnode.watched-files", "*.js")
			.start()) {
			assertThat(host.get("/app/").body()).isEqualTo("good");
			Files.writeString(this.root.resolve("app/app.js"), "const = ;");
			await().atMost(PATIENCE).until(() -> {
				assertThat(host.get("/app/").body()).isEqualTo("good");
				return host.snapshot("app").failedGeneration() != null;
			});
			assertThat(host.snapshot("app").failedGeneration().message()).contains("SyntaxError");
			assertThat(host.snapshot("app").failedGeneration().generation()).isEqualTo(2);
			assertThat(host.snapshot("app").rapidFail().recentFailures()).isZero();
			assertThat(output).contains("generation 2 did not start, so generation 1 stays");
			Files.writeString(this.root.resolve("app/app.js"), GOOD.replace("good", "better"));
			await().atMost(PATIENCE).until(() -> {
				String body = host.get("/app/").body();
				assertThat(body).isIn("good", "better");
				return body.equals("better");
			});
			assertThat(host.snapshot("app").failedGeneration()).isNull();
		}
	}

	@Test
	void aScriptThatIsDeletedIsServedWhileItsProcessLivesAndAgainWhenItIsBack() throws IOException {
		try (NodeHost host = host().script("app/app.js", GOOD)
			.application("app", "app/app.js", "/app/**")
			.with("iisnode.watched-files", "*.js")
			.start()) {
			assertThat(host.get("/app/").body()).isEqualTo("good");
			Path script = this.root.resolve("app/app.js");
			Files.delete(script);
			await().atMost(PATIENCE).until(() -> {
				assertThat(host.get("/app/").body()).isEqualTo("good");
				return host.snapshot("app").failedGeneration() != null;
			});
			host.snapshot("app")
				.processes()
				.forEach((process) -> ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly));
			await().atMost(PATIENCE).until(() -> host.snapshot("app").processes().isEmpty());
			for (int i = 0; i < 10; i++) {
				assertThat(host.get("/app/").status()).isEqualTo(404);
			}
			assertThat(state(host, "app")).isEqualTo(StartState.ALLOWED);
			Files.writeString(script, GOOD);
			assertThat(host.get("/app/").body()).isEqualTo("good");
		}
	}

	@Test
	void linesGoToALoggerAlsoWithoutFiles(CapturedOutput output) throws IOException {
		try (NodeHost host = host().script("app/app.js", "console.log('to out'); console.error('to err');" + GOOD)
			.application("app", "app/app.js", "/app/**")
			.with("iisnode.log-forwarding", true)
			.with("iisnode.logging-enabled", false)
			.start()) {
			assertThat(host.get("/app/").body()).isEqualTo("good");
			long pid = host.snapshot("app").processes().get(0).pid();
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(output.toString().lines())
					.anyMatch((line) -> line.matches(".* INFO .* iisnode\\.app .*\\[" + pid + "] to out"))
					.anyMatch((line) -> line.matches(".* WARN .* iisnode\\.app .*\\[" + pid + "] to err")));
			assertThat(this.root.resolve("app/iisnode")).doesNotExist();
		}
	}

}
