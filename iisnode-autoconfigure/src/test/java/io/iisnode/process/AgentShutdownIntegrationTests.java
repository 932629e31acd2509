package io.iisnode.process;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how the agent lets an application end.
 */
@EnabledIf("io.iisnode.process.AgentNode#isInstalled")
@Timeout(60)
class AgentShutdownIntegrationTests {

	private static final String GET = " HTTP/1.1\r\nHost: localhost\r\n\r\n";

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
	void applicationWithoutHandlersEndsDespiteAnIdleConnection() throws Exception {
		this.node.agentOptions("keepAliveTimeout=600000").run("http.cjs");
		this.node.message("listening");
		try (ByteChannel idle = this.node.connect()) {
			AgentNode.send(idle, "GET /" + GET);
			AgentNode.readUntil(idle, "pid ");
			this.node.say("type=shutdown");
			assertThat(AgentNode.readAll(idle)).isEmpty();
		}
		this.node.message("shutting-down");
		assertThat(this.node.exitCode()).isZero();
		this.node.await().until(() -> !this.node.listens());
	}

	@Test
	void applicationWithoutHandlersAndWithoutServerEnds() throws Exception {
		this.node.run("listen-failure.cjs", "never mind");
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isZero();
	}

	@Test
	void requestsInFlightAreFinishedAndNoConnectionIsTaken() throws Exception {
		this.node.agentOptions("keepAliveTimeout=600000").run("http.cjs");
		this.node.message("listening");
		try (ByteChannel slow = this.node.connect(); ByteChannel other = this.node.connect()) {
			AgentNode.send(slow, "GET /slow" + GET);
			this.node.line("slow");
			// A request of which only a part has come is no idle connection.
			AgentNode.send(other, "GET /go-on HTTP/1.1\r\n");
			this.node.say("type=shutdown");
			this.node.await().until(() -> !this.node.listens());
			AgentNode.send(other, "Host: localhost\r\n\r\n");
			assertThat(AgentNode.readAll(other)).startsWith("HTTP/1.1 200 OK").endsWith("going on");
			assertThat(AgentNode.readAll(slow)).startsWith("HTTP/1.1 200 OK").endsWith("slow");
		}
		assertThat(this.node.exitCode()).isZero();
	}

	@Test
	void responseToASlowReaderIsNotCut() throws Exception {
		int size = 5_000_000;
		this.node.run("http.cjs");
		this.node.message("listening");
		try (ByteChannel channel = this.node.connect()) {
			AgentNode.send(channel, "GET /large?size=" + size + GET);
			AgentNode.readUntil(channel, "\r\n\r\n");
			this.node.say("type=shutdown");
			this.node.message("shutting-down");
			this.node.await().until(() -> !this.node.listens());
			assertThat(this.node.process().isAlive()).isTrue();
			// Less the few bytes that came with the head.
			assertThat(AgentNode.readAll(channel).length()).isGreaterThanOrEqualTo(size - 4096);
		}
		assertThat(this.node.exitCode()).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			message               | 3 | message | shutdown
			signal                | 4 | signal  | SIGTERM,15
			signal, closing later | 5 | closed  | undefined
			""")
	void handlerClosesTheServerItselfWithoutAnErrorAndExits(String way, int code, String word, String rest)
			throws Exception {
		this.node.run("shutdown.cjs", way);
		this.node.message("listening");
		try (ByteChannel slow = this.node.connect()) {
			AgentNode.send(slow, "GET /slow" + GET);
			this.node.line("request");
			this.node.say("type=shutdown");
			assertThat(AgentNode.readAll(slow)).contains("slow\r\n");
		}
		assertThat(this.node.exitCode()).isEqualTo(code);
		assertThat(this.node.line(word)).isEqualTo(rest);
		assertThat(this.node.line("closed")).isEqualTo("undefined");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "what is printed just before an exit is lost there")
	void messageComesBeforeTheSignal() throws Exception {
		this.node.run("shutdown.cjs", "message and signal");
		this.node.message("listening");
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isEqualTo(6);
		assertThat(this.node.lines("told")).containsExactly("shutdown", "SIGTERM");
	}

	@Test
	void applicationWithAHandlerDecidesWhenItEndsAndIsToldOnce() throws Exception {
		this.node.run("shutdown.cjs", "signal, never exiting");
		this.node.message("listening");
		this.node.say("type=shutdown");
		this.node.say("type=shutdown");
		this.node.await().until(() -> this.node.lines("alive").count() > 10);
		assertThat(this.node.messages("shutting-down")).hasSize(2);
		assertThat(this.node.lines("told")).hasSize(1);
		this.node.await().until(() -> !this.node.listens());
		assertThat(this.node.process().isAlive()).isTrue();
	}

	@Test
	void exceptionOfAHandlerTakesNodesUsualWay() throws Exception {
		this.node.run("shutdown.cjs", "failing");
		this.node.message("listening");
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isEqualTo(1);
		this.node.await().until(() -> this.node.errors().contains("Error: failing handler"));
	}

	@Test
	void exceptionOfAHandlerDoesNotKeepTheNextOneFromBeingTold() throws Exception {
		this.node.run("shutdown.cjs", "failing, but caught");
		this.node.message("listening");
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isEqualTo(7);
		assertThat(this.node.line("caught")).isEqualTo("failing handler");
		assertThat(this.node.line("closed")).isEqualTo("undefined");
	}

}
