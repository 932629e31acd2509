package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.transport.PipeAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * What processes that have ended leave running.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the environment of a process cannot be read")
class OrphansIntegrationTests {

	/**
	 * Has a child that it forgets when it ends.
	 */
	private static final String CARELESS = """
			const { spawn } = require('child_process');
			const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
				{ stdio: 'ignore', detached: true });
			process.on('message', () => process.exit(0));
			require('http').createServer((req, res) => res.end(process.pid + ' ' + child.pid)).listen(process.env.PORT);
			""";

	private static Process sleep(String variable, String value) throws IOException {
		ProcessBuilder builder = new ProcessBuilder("sleep", "60");
		builder.environment().put(variable, value);
		return builder.start();
	}

	@Test
	void thoseThatHaveTheSameVariableAreKilledAndNoOthers() throws Exception {
		Process orphan = sleep("IISNODE_CONTROL_PIPE", "/tmp/pipe");
		Process other = sleep("IISNODE_CONTROL_PIPE", "/tmp/pipe2");
		Process similar = sleep("X_IISNODE_CONTROL_PIPE", "/tmp/pipe");
		try {
			assertThat(Orphans.kill(new PipeAddress("/tmp/pipe"), "test")).isPositive();
			assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
			assertThat(other.isAlive()).isTrue();
			assertThat(similar.isAlive()).isTrue();
			assertThat(Orphans.kill(new PipeAddress("/tmp/pipe"), "test")).isZero();
		}
		finally {
			orphan.destroyForcibly();
			other.destroyForcibly();
			similar.destroyForcibly();
		}
	}

	@Test
	void aProcessThatEndsInOrderTakesItsChildrenWithIt(@TempDir Path root) {
		try (NodeHost host = NodeHost.in(root)
			.script("app.js", CARELESS)
			.application("app", "app.js", "/app/**")
			.start()) {
			String[] pids = host.get("/app/").body().split(" ");
			host.application("app").recycle();
			await().until(
					() -> !Leftovers.isAlive(Long.parseLong(pids[0])) && !Leftovers.isAlive(Long.parseLong(pids[1])));
			String[] next = host.get("/app/").body().split(" ");
			assertThat(Leftovers.isAlive(Long.parseLong(next[1]))).as("that of the next generation").isTrue();
		}
	}

	@Test
	void aProcessThatIgnoresEverythingIsRecycledWithItsChildrenAtTheEndOfTheGrace(@TempDir Path root) {
		try (NodeHost host = NodeHost.in(root)
			.script("app.js", HostEndIntegrationTests.STUBBORN)
			.application("app", "app.js", "/app/**")
			.with("iisnode.graceful-shutdown-timeout", "1s")
			.start()) {
			String[] pids = host.get("/app/").body().split(" ");
			host.application("app").recycle();
			await().until(
					() -> !Leftovers.isAlive(Long.parseLong(pids[0])) && !Leftovers.isAlive(Long.parseLong(pids[1])));
			assertThat(host.get("/app/").status()).isEqualTo(200);
			assertThat(host.application("app").exits()).hasSize(1)
				.allMatch(ProcessExit::isExpected)
				.extracting(ProcessExit::inWords, ProcessExit::cause)
				.containsExactly(tuple("signal 9 (SIGKILL)", RecycleReason.REQUESTED_BY_HOST.words()));
		}
	}

}
