package io.iisnode.process;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
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
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for what the agent tells over the control pipe, and to whom.
 */
@EnabledIf("io.iisnode.process.AgentNode#isInstalled")
@Timeout(60)
class AgentControlIntegrationTests {

	@TempDir
	private Path folder;

	private AgentNode node;

	@BeforeEach
	void createNode() {
		this.node = new AgentNode(this.folder);
	}

	@AfterEach
	void closeNode() throws IOException {
		this.node.close();
	}

	@Test
	void agentPresentsItself() throws Exception {
		this.node.run("http.cjs");
		assertThat(this.node.message("started")).containsEntry("pid", String.valueOf(this.node.process().pid()))
			.containsEntry("ppid", String.valueOf(ProcessHandle.current().pid()));
		assertThat(this.node.message("started").get("node")).startsWith("v" + AgentNode.majorVersion() + ".");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "node gives its pipes no permissions of their own")
	void onlyTheOwnerMayConnect() throws Exception {
		this.node.run("http.cjs");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.node.controlPipe())))
			.isEqualTo("rw-------");
	}

	@Test
	void lateHostIsToldThatTheApplicationListens() throws Exception {
		this.node.start("http.cjs");
		assertThatApplicationAnswers();
		AgentNode.send(this.node.connectControl(), "type=hello\n");
		assertThat(this.node.message("listening")).containsEntry("requested", "3000");
	}

	@Test
	void onlyAHostIsToldAndObeyed() throws Exception {
		this.node.start("http.cjs");
		ByteChannel stranger = this.node.connectControl();
		AgentNode.send(stranger, "type=shutdown\n");
		assertThatApplicationAnswers();
		// Said last, it is answered first: of what was said before, nothing was.
		AgentNode.send(stranger, "type=hello\n");
		this.node.message("started");
		assertThat(this.node.messages("shutting-down")).isEmpty();
		assertThat(this.node.process().isAlive()).isTrue();
	}

	@Test
	void unknownAndMalformedLinesAreIgnored() throws Exception {
		this.node.run("http.cjs");
		this.node.say("");
		this.node.say("type=unknown&id=1");
		this.node.say("type=constructor");
		this.node.say("%%%&&&=");
		this.node.say("{\"type\":\"shutdown\"}");
		assertThatApplicationAnswers();
		assertThat(this.node.messages("shutting-down")).isEmpty();
		// Its last word may be lost where pipes end with their process.
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isZero();
		assertThat(this.node.errors()).isEmpty();
	}

	@Test
	void lineWithoutEndEndsTheConnection() throws Exception {
		this.node.start("http.cjs");
		ByteChannel stranger = this.node.connectControl();
		AgentNode.send(stranger, "x".repeat(70_000));
		this.node.await().untilAsserted(() -> assertThatIOException().isThrownBy(() -> AgentNode.send(stranger, "x")));
		AgentNode.send(this.node.connectControl(), "type=hello\n");
		this.node.message("started");
	}

	@ParameterizedTest
	@ValueSource(strings = { "recycle", "recycle\n", "recycle\r\n", "rec ycle" })
	void wordOfTheApplicationReachesTheHost(String pieces) throws Exception {
		this.node.run("recycle.cjs", pieces.split(" "));
		this.node.message("recycle");
		assertThat(this.node.messages("recycle")).hasSize(1);
	}

	@Test
	void wordOfTheApplicationWaitsForALateHost() throws Exception {
		this.node.start("http.cjs");
		ByteChannel application = this.node.connectControl();
		AgentNode.send(application, "recycle");
		AgentNode.send(application, "\ntype=hello\n");
		this.node.message("recycle");
	}

	@Test
	void statisticsArrive() throws Exception {
		this.node.agentOptions("statsInterval=50").run("http.cjs");
		this.node.message("listening");
		Map<String, String> stats = this.node.message("stats");
		assertThat(Long.parseLong(stats.get("rss"))).isGreaterThan(10_000_000);
		assertThat(Long.parseLong(stats.get("heapUsed"))).isPositive()
			.isLessThanOrEqualTo(Long.parseLong(stats.get("heapTotal")));
		assertThat(Long.parseLong(stats.get("external"))).isPositive();
		assertThat(Long.parseLong(stats.get("handles"))).isPositive();
		assertThat(Long.parseLong(stats.get("cpuUser"))).isPositive();
		assertThat(Long.parseLong(stats.get("cpuSystem"))).isNotNegative();
		assertThat(Double.parseDouble(stats.get("eventLoopDelay"))).isNotNegative();
		assertThat(Double.parseDouble(stats.get("eventLoopUtilization"))).isBetween(0.0, 1.0);
		this.node.await().until(() -> this.node.messages("stats").count() > 3);
	}

	@Test
	void busyEventLoopShowsInTheStatistics() throws Exception {
		this.node.agentOptions("statsInterval=50").run("http.cjs");
		this.node.message("listening");
		this.node.message("stats");
		this.node.get("/busy?ms=400");
		this.node.message((message) -> Double.parseDouble(message.getOrDefault("eventLoopDelayMax", "0")) > 200);
		this.node.message((message) -> Double.parseDouble(message.getOrDefault("eventLoopUtilization", "0")) > 0.5);
	}

	@Test
	void aStuckEventLoopShowsAlsoIfTimersOfTheApplicationComeFirstAfterwards() throws Exception {
		this.node.agentOptions("statsInterval=1000").run("busy-timers.cjs");
		this.node.message("listening");
		this.node.message("stats");
		for (int millis = 1400; millis <= 2200; millis += 400) {
			int least = millis - 150;
			this.node.get("/busy?ms=" + millis);
			this.node.message((message) -> Double.parseDouble(message.getOrDefault("eventLoopDelayMax", "0")) > least);
		}
	}

	@Test
	void statisticsAreOffWithoutAnInterval() throws Exception {
		this.node.run("http.cjs");
		this.node.message("listening");
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isZero();
		assertThat(this.node.messages("stats")).isEmpty();
	}

	@Test
	void agentDoesNotKeepTheProcessAlive() throws Exception {
		this.node.agentOptions("statsInterval=10").start("nothing.cjs");
		assertThat(this.node.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.node.process().exitValue()).isZero();
		assertThat(this.node.line("done")).isEmpty();
		assertThat(this.node.errors()).isEmpty();
	}

	@Test
	void permissionModelTakesFeaturesAwayButNotTheApplication() throws Exception {
		String permission = (AgentNode.majorVersion() < 22) ? "--experimental-permission" : "--permission";
		this.node.nodeOptions(permission, "--allow-fs-read=*");
		if (AgentNode.majorVersion() >= 25) {
			this.node.nodeOptions("--allow-net");
		}
		this.node.run("http.cjs");
		assertThat(this.node.message("degraded")).containsEntry("feature", "watchdog");
		this.node.message("listening");
		assertThat(this.node.get("/")).startsWith("HTTP/1.1 200");
		this.node.say("type=heap-snapshot&id=7&file=" + this.folder.resolve("x.heapsnapshot"));
		assertThat(this.node.message("result")).containsEntry("id", "7")
			.containsEntry("ok", "false")
			.containsKey("error");
		if (!OS.WINDOWS.isCurrentOs()) {
			// The end of the host is still noticed, though only by an event loop that
			// turns. On Windows, it is the end of its process.
			this.node.process().getOutputStream().close();
			assertThat(this.node.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	private void assertThatApplicationAnswers() {
		// The file is there a moment before somebody listens.
		this.node.await()
			.ignoreExceptionsInstanceOf(IOException.class)
			.until(() -> this.node.get("/").startsWith("HTTP/1.1 200"));
	}

}
