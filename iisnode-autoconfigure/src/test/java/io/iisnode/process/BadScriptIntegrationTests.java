package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scripts and settings that cannot work: the right status, one line in the log that says
 * what to do, nothing left behind.
 */
@ExtendWith(OutputCaptureExtension.class)
class BadScriptIntegrationTests {

	private static final String GOOD = """
			require('http').createServer((req, res) => res.end('good')).listen(process.env.PORT);
			""";

	/**
	 * Keep each application alone in its folder, which has its name.
	 */
	private static final Map<String, String> SCRIPTS = new LinkedHashMap<>();

	static {
		SCRIPTS.put("syntax", "const = ;");
		SCRIPTS.put("exits", "process.exit(7);");
		SCRIPTS.put("idle", "setInterval(() => {}, 1000); console.error('waiting for a bus');");
		SCRIPTS.put("callback", """
				require('http').createServer().listen(process.env.PORT, () => {
					throw new Error('not this way');
				});
				""");
		SCRIPTS.put("again", """
				const server = require('http').createServer((req, res) => res.end());
				server.listen(process.env.PORT);
				server.listen(process.env.PORT);
				""");
		SCRIPTS.put("two", """
				const { createServer } = require('http');
				createServer().listen(process.env.PORT);
				createServer().listen(process.env.PORT);
				""");
		SCRIPTS.put("later", """
				require('http').createServer(() => {}).listen(process.env.PORT);
				setTimeout(() => { throw new Error('a little later'); }, 50);
				""");
		SCRIPTS.put("healing", "process.exit(1);");
		SCRIPTS.put("noexe", GOOD);
		SCRIPTS.put("tooold", GOOD);
		SCRIPTS.put("aged", GOOD);
		SCRIPTS.put("variable", GOOD);
		SCRIPTS.put("four", "throw new Error('all four alike');");
	}

	@TempDir
	private static Path root;

	@TempDir
	private static Path pipes;

	@TempDir
	private static Path bin;

	private static NodeHost host;

	@BeforeAll
	static void start() throws IOException {
		NodeHost.Builder builder = NodeHost.in(root)
			.sources(RecordingLauncher.class)
			.with("iisnode.pipe-directory", pipes)
			.with("iisnode.handlers", "");
		SCRIPTS.forEach((name, script) -> builder.script(name + "/app.js", script));
		Files.createDirectories(root.resolve("directory/app.js"));
		Stream.concat(SCRIPTS.keySet().stream(), Stream.of("missing", "directory"))
			.forEach((name) -> builder.application(name, name + "/app.js", "/" + name + "/**"));
		Path agedNode = Files.writeString(bin.resolve("aged.cjs"),
				"Object.defineProperty(process, 'version', { value: 'v18.19.1' });");
		host = builder.with("iisnode.applications.idle.startup-timeout", "700ms")
			.with("iisnode.applications.four.node-process-count-per-application", 4)
			.with("iisnode.applications.noexe.node-process-command-line", "no-such-node --title=x")
			.with("iisnode.applications.tooold.node-process-command-line", oldNode())
			.with("iisnode.applications.aged.node-process-command-line", "node --require \"" + agedNode + '"')
			.with("iisnode.applications.variable.environment.VALUE", "a\0b")
			.start();
	}

	/**
	 * An executable as old as not to understand our arguments.
	 */
	private static Path oldNode() throws IOException {
		Path script = Files.writeString(bin.resolve("oldnode"), """
				#!/bin/sh
				test "$1" = --version && echo v14.21.3 && exit
				echo "bad option" >&2
				exit 9
				""");
		script.toFile().setExecutable(true);
		return script;
	}

	@AfterAll
	static void stop() {
		host.close();
		assertThat(Leftovers.sockets(pipes)).isEmpty();
	}

	/**
	 * Asks once, and looks at the answer, at the log, and at what is left.
	 */
	private static void assertFailure(CapturedOutput output, String name, int status, String... hints) {
		try (RawClient client = host.connect()) {
			RawResponse response = client.get("/" + name + "/");
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.header("Retry-After").isPresent()).isEqualTo(status == 503);
			assertThat(response.body()).doesNotContain(root.toString());
		}
		Leftovers.assertNone(host, name);
		List<String> lines = output.toString()
			.lines()
			.filter((line) -> line.matches(".* (WARN|ERROR) .*'" + name + "'.*"))
			.toList();
		assertThat(lines).hasSize(1);
		assertThat(output).contains(hints);
	}

	private static List<Process> started(String name) {
		return host.context().getBean(RecordingLauncher.class).startedIn(name);
	}

	@Test
	void aMissingScriptIs404(CapturedOutput output) {
		assertFailure(output, "missing", 404, "Put it there, or set iisnode.applications.missing.script");
		assertThat(started("missing")).isEmpty();
	}

	@Test
	void aDirectoryInPlaceOfAScriptIs404(CapturedOutput output) {
		assertFailure(output, "directory", 404, "Put it there, or set iisnode.applications.directory.script");
	}

	@Test
	void aSyntaxErrorIs503AndInTheLogWithItsPlace(CapturedOutput output) {
		assertFailure(output, "syntax", 503, "ended before it listened, with exit code 1", "SyntaxError", "app.js:1");
	}

	@Test
	void aScriptThatExitsAtOnceIs503(CapturedOutput output) {
		assertFailure(output, "exits", 503, "ended before it listened, with exit code 7");
	}

	@Test
	void aScriptThatHasBeenMendedIsServed() throws IOException {
		assertThat(host.get("/healing/").status()).isEqualTo(503);
		Files.writeString(root.resolve("healing/app.js"), GOOD);
		assertThat(host.get("/healing/").body()).isEqualTo("good");
		host.application("healing").dispose().block();
	}

	@Test
	void aScriptThatNeverListensIs503AndKilled(CapturedOutput output) {
		assertFailure(output, "idle", 503, "did not listen within 700 ms. It must call listen()",
				"iisnode.startup-timeout");
		assertThat(started("idle")).hasSize(1);
	}

	@Test
	void anExceptionAsItBeginsToListenIs503(CapturedOutput output) {
		assertFailure(output, "callback", 503, "Error: not this way");
	}

	@Test
	void aServerThatListensTwiceIs503(CapturedOutput output) {
		assertFailure(output, "again", 503, "ERR_SERVER_ALREADY_LISTEN");
	}

	@Test
	@DisabledIf(value = "io.iisnode.testing.Wine#isUsed",
			disabledReason = "Wine does not know FILE_FLAG_FIRST_PIPE_INSTANCE, by which Windows refuses the second")
	void twoServersThatBothWantThePipeAre503(CapturedOutput output) {
		assertFailure(output, "two", 503, "EADDRINUSE");
	}

	@Test
	void anExceptionAfterItListensIs502ForWhoIsActiveThen(CapturedOutput output) {
		assertThat(host.get("/later/").status()).isIn(502, 503);
		Leftovers.assertNone(host, "later");
		assertThat(output.toString().split("Error: a little later", -1)).as("once").hasSize(2);
	}

	@Test
	void anExecutableThatDoesNotExistIs500(CapturedOutput output) {
		assertFailure(output, "noexe", 500,
				"Cannot run 'no-such-node' for application 'noexe'. Install Node.js, or set iisnode.node-process-command-line");
		assertThat(started("noexe")).isEmpty();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-in for an old node is a shell script")
	void anExecutableThatIsTooOldToStartIs500(CapturedOutput output) {
		assertFailure(output, "tooold", 500,
				"Node v14.21.3 is too old for application 'tooold': v20 or newer is needed",
				"Set iisnode.node-process-command-line");
	}

	@Test
	void anExecutableThatIsTooOldButStartsIs500(CapturedOutput output) {
		assertFailure(output, "aged", 500, "Node v18.19.1 is too old for application 'aged': v20 or newer is needed");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "such an environment is accepted there")
	void anEnvironmentThatTheSystemRefusesIs500(CapturedOutput output) {
		assertFailure(output, "variable", 500, "Cannot run 'node'", "Correct its command line or its environment");
	}

	@Test
	void processesThatFailAlikeAreLoggedOnce(CapturedOutput output) {
		assertThat(host.get("/four/").status()).isEqualTo(503);
		Leftovers.assertNone(host, "four");
		// On a slow machine the last of them fail a second later than the first, and
		// another
		// is tried.
		assertThat(started("four")).hasSizeGreaterThanOrEqualTo(4);
		assertThat(output.toString().lines())
			.filteredOn((line) -> line.contains("Application 'four' ended before it listened"))
			.hasSize(1);
	}

}
