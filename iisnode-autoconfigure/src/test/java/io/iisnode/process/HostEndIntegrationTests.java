package io.iisnode.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of node processes when their host ends, in order or not.
 */
class HostEndIntegrationTests {

	/**
	 * Notes what it is told in a file. Answers with its process id and that of a child.
	 */
	private static final String NOTES = """
			const { appendFileSync, writeFileSync } = require('fs');
			const { fork } = require('child_process');
			writeFileSync('child.js', 'setInterval(() => {}, 1000)');
			const child = fork('child.js', { detached: DETACHED });
			child.on('error', () => {});
			const note = (text) => appendFileSync('notes', text + '\\n');
			process.on('message', (message) => {
				note('message ' + message);
				END
			});
			process.on('SIGTERM', () => note('SIGTERM'));
			require('http').createServer((req, res) => {
				res.end(process.pid + ' ' + child.pid, () => {
					if (req.url.endsWith('/endless')) {
						setImmediate(() => { for (;;) { } });
					}
				});
			}).listen(process.env.PORT);
			""";

	private static final String OBEDIENT = NOTES.replace("DETACHED", "false")
		.replace("END", "child.kill(); process.exit(0);");

	static final String STUBBORN = NOTES.replace("DETACHED", "true").replace("END", "");

	private static final Duration JVM_LIMIT = Duration.ofSeconds(60);

	@TempDir
	private Path root;

	@TempDir
	private Path pipes;

	@TempDir
	private Path temporary;

	private static List<Long> pids(String body) {
		return Stream.of(body.split(" ")).map(Long::valueOf).toList();
	}

	private List<String> notes(String application) throws IOException {
		return Files.readAllLines(this.root.resolve(application).resolve("notes"));
	}

	@Test
	void theEndOfTheContextEndsAllProcessesAndRemovesAllFiles() throws IOException {
		List<Long> pids = new ArrayList<>();
		long begin;
		try (NodeHost host = NodeHost.in(this.root)
			.with("iisnode.pipe-directory", this.pipes)
			.with("iisnode.graceful-shutdown-timeout", "20s")
			.with("iisnode.node-process-count-per-application", 2)
			.script("obedient/app.js", OBEDIENT)
			.script("plain/app.js", HeldRequest.SCRIPT)
			.application("obedient", "obedient/app.js", "/obedient")
			.application("plain", "plain/app.js", "/plain")
			.start(); RawClient idle = host.connect()) {
			pids.addAll(pids(host.get("/obedient").body()));
			pids.addAll(pids(host.get("/obedient").body()));
			assertThat(idle.get("/plain").status()).as("over a connection that is kept").isEqualTo(200);
			host.snapshot("plain").processes().forEach((process) -> pids.add(process.pid()));
			assertThat(pids).hasSize(6).allMatch(Leftovers::isAlive);
			begin = System.nanoTime();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
		assertThat(pids).noneMatch(Leftovers::isAlive);
		assertThat(this.pipes).isEmptyDirectory();
		assertThat(notes("obedient")).containsExactly("message shutdown", "message shutdown");
		// Threads that write files are shared and end when they have been idle.
		assertThat(Leftovers.threads())
			.noneMatch((name) -> name.startsWith("iisnode-") && !name.startsWith("iisnode-log-writer"));
	}

	/**
	 * The real signal comes after half of the grace; before, the agent emits it with the
	 * message.
	 */
	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no signal to be told by")
	void aProcessThatIgnoresEverythingIsToldTwiceAndKilledWithItsChildrenAtTheEndOfTheGrace() throws IOException {
		List<Long> pids;
		long begin;
		try (NodeHost host = NodeHost.in(this.root)
			.with("iisnode.graceful-shutdown-timeout", "1s")
			.script("stubborn/app.js", STUBBORN)
			.application("stubborn", "stubborn/app.js", "/stubborn")
			.start()) {
			pids = pids(host.get("/stubborn").body());
			begin = System.nanoTime();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(950),
				Duration.ofSeconds(5));
		assertThat(notes("stubborn")).containsExactly("message shutdown", "SIGTERM", "SIGTERM");
		await().until(() -> pids.stream().noneMatch(Leftovers::isAlive));
	}

	@Test
	void theDeathOfTheHostIsThatOfItsProcessesAndTheirChildrenEvenInAnEndlessLoopAndTheNextOneCleansUp()
			throws Exception {
		Process host = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + this.temporary, MortalHost.class.getName(),
				this.root.toString(), this.pipes.toString())
			.redirectErrorStream(true)
			.start();
		List<Long> pids;
		try (BufferedReader output = host.inputReader(StandardCharsets.UTF_8)) {
			pids = pids(output.lines()
				.filter((line) -> line.startsWith(MortalHost.PIDS))
				.map((line) -> line.substring(MortalHost.PIDS.length()))
				.findFirst()
				.orElseThrow());
			assertThat(pids).hasSize(4).allMatch(Leftovers::isAlive);
		}
		finally {
			host.destroyForcibly();
		}
		assertThat(host.waitFor(JVM_LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(pids).noneMatch(Leftovers::isAlive));
		if (OS.current() != OS.WINDOWS) {
			assertThat(Leftovers.sockets(this.pipes)).as("nobody was there to remove them").isNotEmpty();
			NodeHost.in(this.root).with("iisnode.pipe-directory", this.pipes).start().close();
			assertThat(this.pipes).isEmptyDirectory();
		}
		assertThat(agents()).hasSize(1);
		AgentScript.extract(this.temporary).close();
		assertThat(agents()).isEmpty();
	}

	private List<Path> agents() throws IOException {
		try (Stream<Path> files = Files.list(this.temporary)) {
			return files.filter((file) -> file.getFileName().toString().startsWith("iisnode-agent-")).toList();
		}
	}

}
