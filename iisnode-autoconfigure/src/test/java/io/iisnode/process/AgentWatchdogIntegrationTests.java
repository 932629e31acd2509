package io.iisnode.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how the agent ends a process whose host is gone, with all that it started.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there, a job object of the host ends its processes")
@EnabledIf("io.iisnode.process.AgentNode#isInstalled")
@Timeout(60)
class AgentWatchdogIntegrationTests {

	@TempDir
	private Path folder;

	private AgentNode node;

	private List<ProcessHandle> family = List.of();

	@BeforeEach
	void createNode() {
		this.node = new AgentNode(this.folder);
	}

	@AfterEach
	void closeNode() throws IOException {
		this.family.forEach(ProcessHandle::destroyForcibly);
		this.node.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stuck", "idle", "reads input", "destroys input", "closes input", "is told",
			"exits when told" })
	void processAndDescendantsAreGoneWithinTwoSecondsOfTheHost(String way) throws Exception {
		start(way);
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
		this.node.process().getOutputStream().close();
		awaitEndOfAll();
		assertThat(end - System.nanoTime()).as("time left").isPositive();
	}

	@Test
	void descendantsDoNotOutliveAProcessThatFailsBecauseItsHostIsGone() throws Exception {
		start("talks");
		// As the kernel does it for a dead host: all pipes at once.
		this.node.process().getOutputStream().close();
		this.node.process().getInputStream().close();
		awaitEndOfAll();
	}

	@Test
	void applicationMaySaveWhatItHasWhenTheHostIsGone() throws Exception {
		start("is told");
		this.node.process().getOutputStream().close();
		awaitEndOfAll();
		assertThat(this.folder.resolve("told")).hasContent("SIGTERM");
	}

	@Test
	void descendantsMayOutliveAProcessThatEndsWhileTheHostLives() throws Exception {
		start("exits");
		assertThat(this.node.exitCode()).isZero();
		assertThat(this.family).allMatch(AgentWatchdogIntegrationTests::isAlive);
	}

	@Test
	void inputThatIsNoPipeIsNotWatched() throws Exception {
		this.node.input(ProcessBuilder.Redirect.from(new File("/dev/null"))).run("http.cjs");
		this.node.message("listening");
		assertThat(this.node.get("/busy?ms=1500")).endsWith("was busy");
		assertThat(this.node.process().isAlive()).isTrue();
	}

	private void start(String way) throws Exception {
		this.node.run("family.cjs", "parent", way);
		this.node.line("ready");
		this.family = this.node.lines("pid").map((pid) -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow()).toList();
		assertThat(this.family).hasSize(2).allMatch(AgentWatchdogIntegrationTests::isAlive);
	}

	private void awaitEndOfAll() throws InterruptedException {
		this.node.exitCode();
		this.node.await().until(() -> this.family.stream().noneMatch(AgentWatchdogIntegrationTests::isAlive));
	}

	/**
	 * Whether the process runs. One that has died is "alive" to Java until somebody asks
	 * for its exit code, which for orphans is the first process of the system, at
	 * leisure.
	 */
	private static boolean isAlive(ProcessHandle process) {
		try {
			return process.isAlive() && !Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ");
		}
		catch (IOException ex) {
			return Files.notExists(Path.of("/proc")) && process.isAlive();
		}
	}

}
