package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import lombok.extern.slf4j.Slf4j;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.ConstantLoad;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Planned replacements of single processes cost no request: real processes under constant
 * load, for each trigger.
 */
@Slf4j
@ExtendWith(OutputCaptureExtension.class)
class ProcessLimitsIntegrationTests {

	private static final String SCRIPT = """
			const kept = [];
			const server = require('http').createServer((req, res) => {
				switch (req.url.split('/')[2]) {
					case 'slow':
						res.write('do');
						setTimeout(() => res.end('ne'), 300);
						return;
					case 'keep':
						kept.push(Buffer.alloc(300 * 1024 * 1024, 1));
						break;
					case 'block':
						for (const end = Date.now() + 4000; Date.now() < end;);
						break;
					case 'loop':
						for (;;);
					case 'close':
						server.close();
						break;
					case 'pid':
						return res.end(String(process.pid));
				}
				res.end('done');
			}).listen(process.env.PORT);
			""";

	/**
	 * More for a longer run: -Diisnode.test.recycles=20.
	 */
	private static final int RECYCLES = Integer.getInteger("iisnode.test.recycles", 5);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Map<String, String> LIMITS = Map.of("aged", "max-process-age=400ms", "counted",
			"max-requests-per-process=100", "large", "max-memory-per-process=300MB", "stuck",
			"max-event-loop-delay=500ms", "looping", "max-event-loop-delay=500ms", "idle",
			"idle-process-timeout=300ms");

	private static final List<String> APPLICATIONS = List.of("aged", "counted", "large", "stuck", "looping", "idle",
			"closing", "actuator", "generations");

	@TempDir
	private static Path root;

	@TempDir
	private static Path pipes;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		NodeHost.Builder builder = NodeHost.in(root)
			.sources(RecordingLauncher.class)
			.with("iisnode.pipe-directory", pipes)
			.with("iisnode.node-process-count-per-application", 2)
			// So long may a process be stuck and yet finish what it has.
			.with("iisnode.graceful-shutdown-timeout", "30s")
			.with("iisnode.applications.looping.graceful-shutdown-timeout", "1s")
			.with("management.endpoints.web.exposure.include", "iisnode")
			.with("management.endpoint.iisnode.access", "unrestricted");
		LIMITS.forEach((name, limit) -> builder.with("iisnode.applications." + name + "." + limit.split("=")[0],
				limit.split("=")[1]));
		for (String name : APPLICATIONS) {
			builder.script(name + "/app.js", SCRIPT).application(name, name + "/app.js", "/" + name + "/**");
		}
		host = builder.with("iisnode.applications.generations.max-process-age", "300ms")
			.with("iisnode.applications.generations.max-requests-per-process", 100)
			.start();
	}

	@AfterAll
	static void nothingIsLeftBehind() {
		RecordingLauncher launcher = host.context().getBean(RecordingLauncher.class);
		host.close();
		for (String name : APPLICATIONS) {
			assertThat(launcher.startedIn(name)).noneMatch(Process::isAlive);
		}
		assertThat(Leftovers.sockets(pipes)).isEmpty();
	}

	private static ConstantLoad load(String application) {
		host.get("/" + application + "/");
		String path = "/" + application + "/";
		return ConstantLoad.on(host, "done", path, path, path, path + "slow", path + "slow");
	}

	private static void awaitRecycles(String application, int count) {
		await().atMost(PATIENCE.multipliedBy(1 + count / 5))
			.until(() -> host.snapshot(application).recycles() >= count);
	}

	private static void assertLossless(String application, ConstantLoad load) {
		load.close();
		assertThat(load.failures()).isEmpty();
		assertThat(load.requests()).isPositive();
		log.info("{}: {} requests, {} recycles, longest response {} ms", application, load.requests(),
				host.snapshot(application).recycles(), load.longestMillis());
	}

	private static void assertReason(CapturedOutput output, String application, RecycleReason reason) {
		assertThat(output.toString().lines())
			.anyMatch((line) -> line.contains("'" + application + "'") && line.contains(reason.words()));
	}

	@ParameterizedTest
	@CsvSource({ "aged, MAX_AGE", "counted, MAX_REQUESTS" })
	void ageAndRequests(String application, RecycleReason reason, CapturedOutput output) {
		ConstantLoad load = load(application);
		awaitRecycles(application, RECYCLES);
		assertLossless(application, load);
		assertReason(output, application, reason);
	}

	@Test
	void memory(CapturedOutput output) {
		ConstantLoad load = load("large");
		await().until(() -> host.snapshot("large")
			.processes()
			.stream()
			.allMatch((process) -> process.memory() != null && process.memory() < 270L * 1024 * 1024));
		for (int i = 1; i <= 2; i++) {
			host.get("/large/keep");
			awaitRecycles("large", i);
		}
		assertLossless("large", load);
		assertReason(output, "large", RecycleReason.MAX_MEMORY);
	}

	@Test
	void anEventLoopThatIsStuckForAWhile(CapturedOutput output) {
		ConstantLoad load = load("stuck");
		assertThat(host.get("/stuck/block").status()).isEqualTo(200);
		awaitRecycles("stuck", 1);
		assertLossless("stuck", load);
		assertReason(output, "stuck", RecycleReason.EVENT_LOOP_DELAY);
	}

	@Test
	void anEndlessLoopIsNoticedBySilenceReplacedAndKilled() {
		host.get("/looping/");
		try (RawClient looping = host.connect()) {
			looping.send("GET /looping/loop HTTP/1.1\r\nHost: test\r\n\r\n");
			await().until(() -> host.snapshot("looping").activeRequests() == 1);
			long pid = host.snapshot("looping")
				.processes()
				.stream()
				.filter((process) -> process.activeRequests() == 1)
				.findFirst()
				.orElseThrow()
				.pid();
			await().atMost(PATIENCE).until(() -> !Leftovers.isAlive(pid));
			assertThat(looping.response().status()).isEqualTo(502);
		}
		await().until(() -> host.snapshot("looping").processes().size() == 2);
		assertThat(host.get("/looping/").status()).isEqualTo(200);
	}

	@Test
	void aListenerThatIsClosed(CapturedOutput output) {
		for (int i = 1; i <= 3; i++) {
			await().atMost(PATIENCE).until(() -> {
				host.get("/closing/");
				return host.snapshot("closing")
					.processes()
					.stream()
					.filter((process) -> process.state() == NodeProcessState.READY)
					.count() == 2;
			});
			try (RawClient one = host.connect(); RawClient other = host.connect()) {
				one.send("GET /closing/slow HTTP/1.1\r\nHost: test\r\n\r\n");
				other.send("GET /closing/slow HTTP/1.1\r\nHost: test\r\n\r\n");
				await().until(() -> host.snapshot("closing").activeRequests() > 0);
				assertThat(host.get("/closing/close").status()).isEqualTo(200);
				for (int request = 0; request < 10; request++) {
					assertThat(host.get("/closing/").status()).isEqualTo(200);
				}
				assertThat(one.response().body()).isEqualTo("done");
				assertThat(other.response().body()).isEqualTo("done");
			}
			awaitRecycles("closing", i);
		}
		assertReason(output, "closing", RecycleReason.LISTENER_CLOSED);
	}

	@Test
	void theActuator(CapturedOutput output) {
		ConstantLoad load = load("actuator");
		for (int i = 1; i <= RECYCLES; i++) {
			String pid = host.get("/actuator/pid").body();
			assertThat(recycle("actuator", pid, "recycle")).isEqualTo(200);
			awaitRecycles("actuator", i);
			await().atMost(PATIENCE).until(() -> !Leftovers.isAlive(Long.parseLong(pid)));
		}
		assertLossless("actuator", load);
		assertReason(output, "actuator", RecycleReason.ACTUATOR);
		assertThat(recycle("actuator", "1", "recycle")).isEqualTo(404);
		assertThat(recycle("actuator", "0", "recycle")).isEqualTo(404);
		assertThat(recycle("actuator", "x", "recycle")).isEqualTo(404);
		assertThat(recycle("other", "1", "recycle")).isEqualTo(404);
		String pid = host.get("/actuator/pid").body();
		assertThat(recycle("actuator", pid, "explode")).isEqualTo(400);
		assertThat(host.snapshot("actuator").recycles()).isEqualTo(RECYCLES);
	}

	private static int recycle(String application, String pid, String operation) {
		String body = "{\"operation\":\"" + operation + "\"}";
		try (RawClient client = host.connect()) {
			return client
				.send("POST /actuator/iisnode/" + application + "/processes/" + pid
						+ " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: "
						+ body.length() + "\r\n\r\n" + body)
				.response()
				.status();
		}
	}

	@Test
	void limitsWhileGenerationsAreRecycled() {
		ConstantLoad load = load("generations");
		for (int i = 2; i <= 4; i++) {
			int generation = i;
			long before = host.snapshot("generations").recycles();
			await().atMost(PATIENCE).until(() -> host.snapshot("generations").recycles() > before);
			host.application("generations").recycle();
			await().atMost(PATIENCE).until(() -> host.snapshot("generations").generation() == generation);
		}
		assertLossless("generations", load);
		host.application("generations").dispose().block(PATIENCE);
		assertThat(host.snapshot("generations").processes()).isEmpty();
	}

	@Test
	void aRequestThatComesWhileThePoolShrinks(CapturedOutput output) {
		for (int i = 0; i < 10; i++) {
			assertThat(host.get("/idle/").status()).isEqualTo(200);
			await().atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(2))
				.until(() -> host.snapshot("idle")
					.processes()
					.stream()
					.anyMatch((process) -> process.state().compareTo(NodeProcessState.READY) > 0));
		}
		assertReason(output, "idle", RecycleReason.IDLE);
		Leftovers.assertNone(host, "idle");
	}

}
