package io.iisnode.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.iisnode.application.NodeApplicationManager;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessSnapshot;
import io.iisnode.process.RecordingLauncher;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What starts before the port opens, with real processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class EagerStartTests {

	private static final String GOOD = """
			setTimeout(() => {
				require('http').createServer((req, res) => res.end('good')).listen(process.env.PORT);
			}, 300);
			""";

	@TempDir
	private Path root;

	private NodeHost.Builder host(String script) {
		return NodeHost.in(this.root)
			.script("app.js", script)
			.application("app", "app.js", "/**")
			.with("iisnode.node-process-count-per-application", 3);
	}

	@Test
	void theMinimumIsReadyBeforeThePortOpensAndKeptWithoutRequests() {
		try (NodeHost host = host(GOOD).sources(AtOpening.class)
			.with("iisnode.min-process-count-per-application", 2)
			.start()) {
			assertThat(host.context().getBean(AtOpening.class).states).containsExactly(NodeProcessState.READY,
					NodeProcessState.READY);
			List<Long> before = pids(host);
			ProcessHandle.of(before.get(0)).orElseThrow().destroyForcibly();
			await().until(() -> !pids(host).equals(before) && host.snapshot("app")
				.processes()
				.stream()
				.filter((process) -> process.state() == NodeProcessState.READY)
				.count() == 2);
			assertThat(pids(host)).contains(before.get(1));
		}
	}

	private static List<Long> pids(NodeHost host) {
		return host.snapshot("app").processes().stream().map(ProcessSnapshot::pid).toList();
	}

	@Test
	void withoutMinimumNothingStarts() {
		try (NodeHost host = host(GOOD).start()) {
			assertThat(host.snapshot("app").processes()).isEmpty();
		}
	}

	@Test
	void aFailureIsLoggedOnceAndTheHostStarts(CapturedOutput output) {
		try (NodeHost host = host("throw new Error('not in the mood');")
			.with("iisnode.min-process-count-per-application", 1)
			.with("iisnode.rapid-fail-limit", 1)
			.start()) {
			assertThat(host.get("/").status()).isEqualTo(503);
			assertThat(output.toString().split("ended before it listened", -1)).hasSize(2);
		}
	}

	@Test
	void aMissingScriptDoesNotStopTheHost(CapturedOutput output) {
		try (NodeHost host = host(GOOD).application("app", "other.js", "/**")
			.with("iisnode.min-process-count-per-application", 1)
			.start()) {
			assertThat(host.get("/").status()).isEqualTo(404);
			assertThat(output).contains("has no script yet");
		}
	}

	@Test
	void withFailFastAGoodApplicationStarts() {
		try (NodeHost host = host(GOOD).with("iisnode.fail-fast", true).start()) {
			assertThat(host.snapshot("app").processes()).extracting(ProcessSnapshot::state)
				.containsExactly(NodeProcessState.READY);
			assertThat(host.get("/").body()).isEqualTo("good");
		}
	}

	@Test
	void withFailFastABrokenApplicationStopsTheHostAndLeavesNothing(CapturedOutput output) {
		NodeHost.Builder builder = host(GOOD).script("broken.js", "throw new Error('not in the mood');")
			.application("broken", "broken.js", "/broken/**")
			.sources(SharedLauncher.class)
			.with("iisnode.fail-fast", true);
		assertThatException().isThrownBy(builder::start);
		assertThat(output).contains("APPLICATION FAILED TO START", "The Node application 'broken' cannot start",
				"Error: not in the mood", "set iisnode.fail-fast to false");
		List<Process> started = SharedLauncher.LAUNCHER.startedIn(this.root.getFileName().toString());
		assertThat(started).isNotEmpty();
		await().until(() -> started.stream().noneMatch(Process::isAlive));
	}

	@Test
	void withFailFastAMissingScriptStopsTheHost(CapturedOutput output) throws Exception {
		NodeHost.Builder builder = host(GOOD).with("iisnode.fail-fast", true);
		Files.delete(this.root.resolve("app.js"));
		assertThatException().isThrownBy(builder::start);
		assertThat(output).contains("APPLICATION FAILED TO START", "The Node application 'app' cannot start",
				this.root.resolve("app.js").toString());
	}

	/**
	 * Remembers the processes of the moment in which the port opens.
	 */
	@Configuration(proxyBeanMethods = false)
	static class AtOpening {

		private final List<NodeProcessState> states = new CopyOnWriteArrayList<>();

		@Bean
		ApplicationListener<ReactiveWebServerInitializedEvent> atOpening(NodeApplicationManager manager) {
			return (event) -> manager.applications()
				.forEach((application) -> application.snapshot()
					.processes()
					.forEach((process) -> this.states.add(process.state())));
		}

	}

	/**
	 * Outlives the host.
	 */
	@Configuration(proxyBeanMethods = false)
	static class SharedLauncher {

		private static final RecordingLauncher LAUNCHER = new RecordingLauncher();

		@Bean
		RecordingLauncher launcher() {
			return LAUNCHER;
		}

	}

}
