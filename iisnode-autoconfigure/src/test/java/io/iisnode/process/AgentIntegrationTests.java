package io.iisnode.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how the agent sends an application's listening server to the pipe.
 */
@EnabledIf("io.iisnode.process.AgentNode#isInstalled")
@Timeout(60)
class AgentIntegrationTests {

	private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");

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

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			port                       | 3000 | {"address":"::","family":"IPv6","port":3000}
			numeric string             | 3000 | {"address":"::","family":"IPv6","port":3000}
			host, backlog and callback | 3000 | {"address":"127.0.0.1","family":"IPv4","port":3000}
			not a number               | NaN  | {"address":"::","family":"IPv6","port":80}
			options                    | 3000 | {"address":"::1","family":"IPv6","port":3000}
			options with signal        | 3000 | {"address":"::","family":"IPv6","port":3000}
			nothing                    | 0    | {"address":"::","family":"IPv6","port":80}
			callback only              | 0    | {"address":"::","family":"IPv6","port":80}
			null                       | 0    | {"address":"::","family":"IPv6","port":80}
			zero                       | 0    | {"address":"::","family":"IPv6","port":80}
			""")
	void serverThatAsksForAPortGetsThePipeAndTheAddressItAskedFor(String form, String requested, String address)
			throws Exception {
		this.node.run("listen-forms.cjs", form);
		assertThat(this.node.message("listening")).containsEntry("path", this.node.pipe().toString())
			.containsEntry("requested", requested);
		assertThat(this.node.get("/path?x=1")).startsWith("HTTP/1.1 200 OK").endsWith("answer to /path?x=1");
		assertThat(this.node.line("address")).isEqualTo(address);
		assertThat(this.node.line("returned")).isEqualTo("true");
		assertThat(this.node.errors()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PORT", "PORT and backlog", "options with PORT as path" })
	void serverThatListensOnPortItselfIsRecognisedAndKeepsItsAddress(String form) throws Exception {
		String pipe = this.node.pipe().toString();
		this.node.run("listen-forms.cjs", form);
		assertThat(this.node.message("listening")).containsEntry("path", pipe).containsEntry("requested", pipe);
		assertThat(this.node.get("/")).endsWith("answer to /");
		assertThat(this.node.line("address")).isEqualTo("\"" + pipe.replace("\\", "\\\\") + "\"");
	}

	@Test
	void pathOfThePipeWhereAPortBelongsIsUnderstood() throws Exception {
		this.node.run("listen-forms.cjs", "options with PORT as port");
		assertThat(this.node.message("listening")).containsEntry("requested", this.node.pipe().toString());
		assertThat(this.node.get("/")).endsWith("answer to /");
	}

	@Test
	void esModuleListensOnThePipe() throws Exception {
		this.node.run("module.mjs");
		this.node.message("listening");
		assertThat(this.node.get("/")).endsWith("from a module");
		assertThat(this.node.line("port")).isEqualTo("8080");
	}

	@Test
	void http2WithoutTlsListensOnThePipe() throws Exception {
		this.node.run("http2.cjs");
		this.node.message("listening");
		try (ByteChannel channel = this.node.connect()) {
			AgentNode.send(channel, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
			ByteBuffer head = ByteBuffer.allocate(9);
			while (head.hasRemaining() && channel.read(head) >= 0) {
				// Until the head of the first frame is whole.
			}
			assertThat(head.get(3)).as("type of the frame").isEqualTo((byte) 4);
		}
	}

	@Test
	void plainServerListensOnThePipe() throws Exception {
		this.node.run("net.cjs");
		this.node.message("listening");
		try (ByteChannel channel = this.node.connect()) {
			AgentNode.send(channel, "echo");
			assertThat(AgentNode.readUntil(channel, "echo")).isEqualTo("echo");
		}
	}

	@Test
	void secondServerGetsARealPort() throws Exception {
		this.node.run("second-server.cjs", "any port");
		assertThat(getFromPort(port(this.node.line("second")))).endsWith("second");
		assertThat(this.node.get("/")).endsWith("first");
	}

	@Test
	void secondAddressOfTheSameServiceOpensNoPort() throws Exception {
		this.node.run("second-server.cjs", "same port");
		assertThat(this.node.line("second")).isEqualTo("{\"address\":\"::1\",\"family\":\"IPv6\",\"port\":3000}");
		assertThat(this.node.get("/")).endsWith("first");
		assertThat(AgentNode.exists(this.node.pipe() + ".1")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "path", "tls" })
	void serverThatListensElsewhereIsLeftAloneAndIsNotTheFirst(String kind) throws Exception {
		this.node.run("second-server.cjs", kind, "before");
		assertThat(this.node.message("left-alone")).containsEntry("reason", kind);
		assertThat(this.node.message("listening")).containsEntry("requested", "3000");
		assertThat(this.node.get("/")).endsWith("first");
		if (kind.equals("path")) {
			assertThat(AgentNode.exists(this.node.pipe() + "-own")).isTrue();
		}
		else {
			assertThat(port(this.node.line("second"))).isPositive();
		}
	}

	@Test
	void probeOfAFreePortIsNotTakenForTheApplication() throws Exception {
		this.node.run("second-server.cjs", "probe", "before");
		this.node.message("started");
		this.node.await().until(() -> this.node.listens());
		Files.createFile(this.folder.resolve("go"));
		assertThat(this.node.line("second")).isEqualTo("probed");
		this.node.line("first");
		this.node.message("listening");
		assertThat(this.node.messages("listening")).hasSize(1);
		assertThat(this.node.messages("closed")).isEmpty();
		assertThat(this.node.get("/")).endsWith("first");
	}

	@Test
	void listeningTwiceIsRefusedAsEver() throws Exception {
		this.node.run("second-server.cjs", "twice");
		assertThat(this.node.line("second")).isEqualTo("ERR_SERVER_ALREADY_LISTEN");
		assertThat(this.node.get("/")).endsWith("first");
	}

	@Test
	void serverThatAsksForThePipeTakesItFromAnotherThatMerelyCameFirst() throws Exception {
		this.node.run("metrics-first.cjs");
		int port = port(this.node.line("metrics"));
		assertThat(getFromPort(port)).endsWith("metrics");
		this.node.message((message) -> this.node.pipe().toString().equals(message.get("requested")));
		assertThat(this.node.get("/")).endsWith("application");
	}

	@ParameterizedTest
	@CsvSource({ "same, first", "other, second" })
	void pipeIsTakenAgainAfterItsServerHasClosed(String next, String answer) throws Exception {
		this.node.run("listen-again.cjs", next);
		assertThat(this.node.message("listening")).containsEntry("requested", "3000");
		assertThat(this.node.get("/")).endsWith("first");
		this.node.message("closed");
		this.node.message((message) -> "4000".equals(message.get("requested")));
		assertThat(this.node.get("/")).endsWith(answer);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the name of a pipe cannot be taken by a file")
	void failureToListenIsReportedAndStaysTheApplications() throws Exception {
		Files.createFile(this.node.pipe());
		this.node.run("listen-failure.cjs");
		assertThat(this.node.message("listen-failed").get("message")).contains("EADDRINUSE");
		assertThat(this.node.line("error")).isEqualTo("EADDRINUSE 1");
		assertThat(this.node.pipe()).as("stale file").exists();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "node shares no named pipes among the workers of a cluster")
	void workersOfAClusterShareThePipe() throws Exception {
		this.node.run("cluster.cjs");
		this.node.message("listening");
		assertThat(this.node.line("port")).isEqualTo("3000 false");
		assertThat(this.node.get("/")).endsWith("worker 1");
		this.node.say("type=shutdown");
		assertThat(this.node.exitCode()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "thread", "fork" })
	void workerThreadsAndChildrenAreLeftAlone(String kind) throws Exception {
		this.node.run("untouched.cjs", kind);
		assertThat(getFromPort(port(this.node.line("address")))).endsWith("untouched");
		this.node.await().until(() -> !this.node.listens());
	}

	@Test
	void serverInTheMainThreadOfTheSameScriptIsNotLeftAlone() throws Exception {
		this.node.run("untouched.cjs");
		this.node.message("listening");
		assertThat(this.node.get("/")).endsWith("untouched");
	}

	@Test
	void applicationSeesNoTrace() throws Exception {
		this.node.start("traces.cjs");
		assertThat(this.node.exitCode()).isZero();
		assertThat(this.node.line("variable")).isEqualTo("false");
		assertThat(this.node.line("execArgv")).isEqualTo("[\"--require\"] 2");
		assertThat(this.node.line("listeners")).isEmpty();
		assertThat(this.node.line("listen")).isEqualTo("listen 0");
		assertThat(this.node.errors()).isEmpty();
		try (AgentNode plain = new AgentNode(this.folder).withoutAgent().start("traces.cjs")) {
			assertThat(this.node.line("globals")).isEqualTo(plain.line("globals"));
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "keepAliveTimeout=65000, -, 65", "keepAliveTimeout=65000, 7000, 7", "'', -, 5" })
	void onlyTheDefaultOfTheKeepAliveTimeoutIsRaised(String options, String timeout, String announced)
			throws Exception {
		this.node.agentOptions(options).run("http.cjs", (timeout != null) ? new String[] { timeout } : new String[0]);
		this.node.message("listening");
		try (ByteChannel channel = this.node.connect()) {
			AgentNode.send(channel, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
			assertThat(AgentNode.readUntil(channel, "pid "))
				.containsIgnoringCase("Keep-Alive: timeout=" + announced + "\r\n");
		}
	}

	private static int port(String address) {
		Matcher matcher = PORT.matcher(address);
		assertThat(matcher.find()).as("port in %s", address).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	private static String getFromPort(int port) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
