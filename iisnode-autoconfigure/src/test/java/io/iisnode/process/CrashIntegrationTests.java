package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
 * What happens when a process dies, with real processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class CrashIntegrationTests {

	private static final Duration AT_ONCE = Duration.ofSeconds(1);

	/**
	 * Has a child that holds its output open and outlives it by 20 s at most.
	 */
	private static final String WITH_CHILD = """
			const child = require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'],
				{ stdio: ['ignore', 'inherit', 'inherit'], detached: true });
			require('http').createServer((req, res) => res.end(process.pid + ' ' + child.pid)).listen(process.env.PORT);
			""";

	private static final String THROWS = """
			require('http').createServer((req, res) => {
				throw new Error('thrown on purpose');
			}).listen(process.env.PORT);
			""";

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
			.script("child/app.js", WITH_CHILD)
			.script("throws/app.js", THROWS)
			.application("child", "child/app.js", "/child/**")
			.application("throws", "throws/app.js", "/throws/**");
		for (String name : List.of("busy", "idle", "full", "alone")) {
			builder.script(name + "/app.js", HeldRequest.SCRIPT)
				.application(name, name + "/app.js", "/" + name + "/**");
		}
		host = builder.with("iisnode.rapid-fail-limit", 0)
			.with("iisnode.applications.busy.node-process-count-per-application", 2)
			.with("iisnode.applications.full.max-concurrent-requests-per-process", 1)
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static void kill(long pid) {
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
	}

	private static ProcessSnapshot process(String application, long pid) {
		return host.snapshot(application)
			.processes()
			.stream()
			.filter((process) -> process.pid() == pid)
			.findFirst()
			.orElseThrow();
	}

	@Test
	void aKilledProcessFailsItsRequestsAtOnceAndIsCleanedUpAndReplacedWhileOthersGoOn(CapturedOutput output) {
		host.get("/busy/first");
		await().until(() -> host.snapshot("busy").processes().size() == 2 && host.snapshot("busy")
			.processes()
			.stream()
			.allMatch((process) -> process.state() == NodeProcessState.READY));
		HeldRequest cut = HeldRequest.begin(host, "/busy/cut");
		HeldRequest other = HeldRequest.begin(host, "/busy/other");
		HeldRequest failed = HeldRequest.send(host, "/busy/silent");
		await().until(() -> process("busy", cut.pid()).activeRequests() == 2);
		String pipe = process("busy", cut.pid()).pipe();
		long begin = System.nanoTime();
		kill(cut.pid());
		assertThat(failed.status()).isEqualTo(502);
		assertThat(cut.rest()).as("no end of the body").doesNotContain("0\r\n\r\n");
		await().pollInterval(Duration.ofMillis(5))
			.until(() -> host.snapshot("busy").processes().size() == 1 && host.snapshot("busy").activeRequests() == 1);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
		Leftovers.assertGone(pipe);
		assertThat(host.snapshot("busy").processes()).extracting(ProcessSnapshot::pid).containsExactly(other.pid());
		assertThat(other.finish()).isTrue();
		host.get("/busy/next");
		await().until(() -> host.snapshot("busy").processes().size() == 2);
		String line = "of application 'busy' (generation 1) has ended unexpectedly with "
				+ (OS.WINDOWS.isCurrentOs() ? "exit code 1" : "signal 9");
		await().until(() -> output.toString().contains(line));
		assertThat(output.toString().split(Pattern.quote(line), -1)).as("once").hasSize(2);
	}

	@Test
	void nobodyNoticesTheCrashOfAnIdleProcess() {
		for (int round = 0; round < 3; round++) {
			long pid = Long.parseLong(host.get("/idle/").header("X-Pid").orElseThrow());
			kill(pid);
			await().pollInterval(Duration.ofMillis(2)).until(() -> host.snapshot("idle").processes().isEmpty());
			RawResponse next = host.get("/idle/");
			assertThat(next.status()).isEqualTo(200);
			assertThat(next.header("X-Pid")).isNotEqualTo(Long.toString(pid));
		}
	}

	@Test
	void anEndIsSeenAlsoWhileTheCommonPoolOfTheJvmIsBusy() {
		long pid = Long.parseLong(host.get("/idle/").header("X-Pid").orElseThrow());
		CountDownLatch release = new CountDownLatch(1);
		try {
			for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
				CompletableFuture.runAsync(() -> awaitQuietly(release), ForkJoinPool.commonPool());
			}
			kill(pid);
			await().until(() -> host.snapshot("idle").processes().isEmpty());
		}
		finally {
			release.countDown();
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whoWaitsForADeadProcessGetsItsReplacement() {
		for (int round = 0; round < 10; round++) {
			HeldRequest active = HeldRequest.begin(host, "/full/active");
			HeldRequest waiting = HeldRequest.send(host, "/full/waiting");
			await().pollInterval(Duration.ofMillis(5)).until(() -> host.snapshot("full").pendingRequests() == 1);
			kill(active.pid());
			assertThat(waiting.status()).isEqualTo(200);
			assertThat(waiting.pid()).isNotEqualTo(active.pid());
			assertThat(waiting.finish()).isTrue();
		}
	}

	@Test
	void aChildThatHoldsTheOutputOpenDoesNotDelayTheReplacement() {
		String[] pids = host.get("/child/").body().split(" ");
		long begin = System.nanoTime();
		kill(Long.parseLong(pids[0]));
		await().pollInterval(Duration.ofMillis(2)).until(() -> host.snapshot("child").processes().isEmpty());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
		RawResponse next = host.get("/child/");
		assertThat(next.status()).isEqualTo(200);
		String nextChild = next.body().split(" ")[1];
		if (OS.current() != OS.MAC) {
			await().until(() -> !Leftovers.isAlive(Long.parseLong(pids[1])));
			assertThat(Leftovers.isAlive(Long.parseLong(nextChild))).as("that of the next").isTrue();
		}
		// They could outlive the folder that they work in.
		Stream.of(pids[1], nextChild)
			.flatMap((pid) -> ProcessHandle.of(Long.parseLong(pid)).stream())
			.forEach(ProcessHandle::destroyForcibly);
	}

	@Test
	void anExceptionInARequestIs502AndInTheLogWithItsCause(CapturedOutput output) {
		assertThat(host.get("/throws/").status()).isEqualTo(502);
		Leftovers.assertNone(host, "throws");
		await().until(() -> output.toString().contains("ended unexpectedly"));
		assertThat(output.toString().split("Error: thrown on purpose", -1)).as("once").hasSize(2);
		assertThat(output).contains(
				"of application 'throws' (generation 1) has ended unexpectedly with exit code 1" + "; its last words:");
		assertThat(host.get("/throws/").status()).as("started again").isEqualTo(502);
		Leftovers.assertNone(host, "throws");
	}

	@Test
	void noSocketIsLeftBehind() {
		assertThat(host.get("/alone/").status()).isEqualTo(200);
		ProcessSnapshot process = host.snapshot("alone").processes().get(0);
		int before = Leftovers.sockets(pipes).size();
		kill(process.pid());
		await().until(() -> host.snapshot("alone").processes().isEmpty());
		Leftovers.assertGone(process.pipe());
		// Its own, and that of its control channel; none where pipes are not files.
		assertThat(Leftovers.sockets(pipes)).hasSize(Math.max(0, before - 2));
	}

}
