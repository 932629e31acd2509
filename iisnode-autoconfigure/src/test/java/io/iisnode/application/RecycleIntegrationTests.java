package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.process.HeldRequest;
import io.iisnode.process.ProcessSnapshot;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;
import io.iisnode.testing.Wine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Recycling and disposing of an application, with real processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class RecycleIntegrationTests {

	/**
	 * Each process asks for a recycle when it is asked to.
	 */
	private static final String ASKS = """
			require('http').createServer((req, res) => {
				if (req.url === '/asks/recycle') {
					require('net').connect(process.env.IISNODE_CONTROL_PIPE).on('error', () => {}).end('recycle');
				}
				res.end(String(process.pid));
			}).listen(process.env.PORT);
			""";

	private static final String NEVER_LISTENS = "setInterval(() => {}, 1000);";

	private static final int RECYCLES = Wine.isUsed() ? 4 : 10;

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		NodeHost.Builder builder = NodeHost.in(root)
			.script("asks/app.js", ASKS)
			.script("mute/app.js", NEVER_LISTENS)
			.application("asks", "asks/app.js", "/asks/**")
			.application("mute", "mute/app.js", "/mute/**");
		for (String name : List.of("slow", "load", "stuck", "broken", "early", "often", "actuator", "queued")) {
			builder.script(name + "/app.js", HeldRequest.SCRIPT)
				.application(name, name + "/app.js", "/" + name + "/**");
		}
		host = builder.with("management.endpoints.web.exposure.include", "iisnode")
			.with("management.endpoint.iisnode.access", "unrestricted")
			.with("iisnode.applications.asks.node-process-count-per-application", 2)
			.with("iisnode.applications.load.node-process-count-per-application", 2)
			.with("iisnode.applications.stuck.graceful-shutdown-timeout", "600ms")
			.with("iisnode.applications.queued.max-concurrent-requests-per-process", 1)
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static String pid(String application) {
		RawResponse response = host.get("/" + application + "/");
		assertThat(response.status()).isEqualTo(200);
		return response.header("X-Pid").orElseGet(response::body);
	}

	private static void awaitGeneration(String application, int generation) {
		await().until(() -> host.snapshot(application).generation() == generation);
	}

	private static void awaitState(String application, NodeApplicationState state) {
		await().until(() -> host.application(application).state() == state);
	}

	private static boolean isAlive(String pid) {
		return ProcessHandle.of(Long.parseLong(pid)).isPresent();
	}

	@Test
	void theNewGenerationTakesOverAndTheOldOneFinishesWhatItHas() {
		HeldRequest slow = HeldRequest.begin(host, "/slow/");
		String old = Long.toString(slow.pid());
		host.application("slow").recycle();
		awaitGeneration("slow", 2);
		assertThat(pid("slow")).isNotEqualTo(old);
		assertThat(host.application("slow").state()).isEqualTo(NodeApplicationState.RECYCLING);
		assertThat(slow.finish()).isTrue();
		awaitState("slow", NodeApplicationState.ACTIVE);
		await().until(() -> !isAlive(old));
	}

	@Test
	void theActuatorRecycles() {
		String old = pid("actuator");
		String body = "{\"operation\":\"recycle\"}";
		try (RawClient client = host.connect()) {
			RawResponse response = client
				.send("POST /actuator/iisnode/actuator HTTP/1.1\r\nHost: test\r\n"
						+ "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
				.response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).contains("\"name\":\"actuator\"");
		}
		awaitGeneration("actuator", 2);
		assertThat(pid("actuator")).isNotEqualTo(old);
	}

	@Test
	void noRequestFailsDuringRecyclesUnderConstantLoad() throws Exception {
		pid("load");
		Queue<String> failures = new ConcurrentLinkedQueue<>();
		Queue<String> pids = new ConcurrentLinkedQueue<>();
		AtomicBoolean finished = new AtomicBoolean();
		Racers.Task load = () -> {
			try (RawClient client = host.connect()) {
				while (!finished.get()) {
					RawResponse response = client.get("/load/");
					if (response.status() != 200 || !response.complete() || !response.body().equals("done")) {
						failures.add(response.toString());
					}
					pids.add(response.header("X-Pid").orElse(""));
				}
			}
			catch (RuntimeException ex) {
				failures.add(ex.toString());
			}
		};
		Racers.run(List.of(load, load, load, load, () -> {
			try {
				for (int i = 1; i <= RECYCLES; i++) {
					host.application("load").recycle();
					awaitGeneration("load", i + 1);
					awaitState("load", NodeApplicationState.ACTIVE);
				}
			}
			finally {
				finished.set(true);
			}
		}));
		assertThat(failures).isEmpty();
		assertThat(pids.stream().distinct()).hasSizeGreaterThanOrEqualTo(2 * RECYCLES);
		assertThat(host.snapshot("load").recycles()).isEqualTo(RECYCLES);
		assertThat(host.snapshot("load").processes()).hasSize(2);
	}

	@Test
	void aProcessWithAStuckRequestIsKilledAtTheEndOfTheGrace() {
		HeldRequest stuck = HeldRequest.begin(host, "/stuck/");
		String old = Long.toString(stuck.pid());
		host.application("stuck").recycle();
		awaitGeneration("stuck", 2);
		assertThat(stuck.rest()).doesNotContain("done");
		awaitState("stuck", NodeApplicationState.ACTIVE);
		assertThat(isAlive(old)).isFalse();
		assertThat(host.snapshot("stuck").activeRequests()).isZero();
	}

	@Test
	void theOldGenerationStaysIfTheNewOneIsBroken(CapturedOutput output) throws IOException {
		String old = pid("broken");
		Path script = root.resolve("broken/app.js");
		Files.writeString(script, "throw new Error('not yet ready for release');");
		host.application("broken").recycle();
		awaitState("broken", NodeApplicationState.ACTIVE);
		assertThat(pid("broken")).isEqualTo(old);
		assertThat(host.snapshot("broken").generation()).isEqualTo(1);
		assertThat(output.toString().split("Error: not yet ready for release", -1)).hasSize(2);
		Files.writeString(script, HeldRequest.SCRIPT);
		host.application("broken").recycle();
		awaitGeneration("broken", 3);
		assertThat(pid("broken")).isNotEqualTo(old);
	}

	@Test
	void aRecycleBeforeTheFirstRequestStartsNothing() {
		host.application("early").recycle();
		assertThat(host.snapshot("early").processes()).isEmpty();
		assertThat(host.snapshot("early").generation()).isEqualTo(2);
		pid("early");
		assertThat(host.snapshot("early").processes()).extracting(ProcessSnapshot::generation).containsExactly(2);
	}

	@Test
	void recyclesDuringARecycleBecomeOneMore() {
		pid("often");
		for (int i = 0; i < 5; i++) {
			host.application("often").recycle();
		}
		awaitGeneration("often", 3);
		awaitState("often", NodeApplicationState.ACTIVE);
		assertThat(host.snapshot("often").recycles()).isEqualTo(2);
		assertThat(host.snapshot("often").processes()).hasSize(1);
		pid("often");
	}

	@Test
	void anApplicationRecyclesItselfThroughItsControlPipe() {
		List<String> old = List.of(pid("asks"), pid("asks"));
		host.get("/asks/recycle");
		host.get("/asks/recycle");
		awaitGeneration("asks", 2);
		awaitState("asks", NodeApplicationState.ACTIVE);
		assertThat(pid("asks")).isNotIn(old);
		assertThat(old).noneMatch(RecycleIntegrationTests::isAlive);
		assertThat(host.snapshot("asks").recycles()).isEqualTo(1);
	}

	@Test
	void disposeRefusesWhoWaitsAndLetsActiveRequestsFinish() {
		HeldRequest active = HeldRequest.begin(host, "/queued/active");
		HeldRequest waiting = HeldRequest.send(host, "/queued/waiting");
		await().until(() -> host.snapshot("queued").pendingRequests() == 1);
		host.application("queued").dispose();
		assertThat(waiting.status()).isEqualTo(503);
		assertThat(waiting.head().header("Retry-After")).isPresent();
		assertThat(host.get("/queued/late").status()).isEqualTo(503);
		assertThat(active.finish()).isTrue();
		await().until(() -> host.snapshot("queued").processes().isEmpty());
		assertThat(isAlive(Long.toString(active.pid()))).isFalse();
	}

	@Test
	void disposeWhileProcessesStartEndsThemAndRefusesWhoWaits() {
		HeldRequest waiting = HeldRequest.send(host, "/mute/");
		await().until(() -> host.snapshot("mute").processes().stream().anyMatch((process) -> process.pid() > 0));
		long pid = host.snapshot("mute").processes().get(0).pid();
		host.application("mute").dispose().block();
		assertThat(waiting.status()).isEqualTo(503);
		assertThat(isAlive(Long.toString(pid))).isFalse();
		assertThat(host.snapshot("mute").processes()).isEmpty();
	}

}
