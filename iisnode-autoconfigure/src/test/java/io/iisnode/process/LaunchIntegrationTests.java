package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a process finds when it starts, and where its output goes.
 */
class LaunchIntegrationTests {

	/**
	 * Answers with the JavaScript expression in the query.
	 */
	private static final String EVALUATES = """
			require('http').createServer((req, res) => {
				const expression = decodeURIComponent(req.url.split('?')[1]);
				res.end(String(eval(expression)));
			}).listen(process.env.PORT);
			""";

	private static final String PRINTS = """
			require('http').createServer((req, res) => {
				process.stdout.write('out of ' + req.url);
				process.stderr.write('err of ' + req.url);
				res.end(String(process.pid));
			}).listen(process.env.PORT);
			""";

	/**
	 * A file system whose names are ASCII only cannot have it.
	 */
	private static final String ODD_FOLDER = isUnicodePossible() ? "an odd one/äß 日本 & 'x'" : "an odd one/& 'x'";

	private static final String ODD_FILE = isUnicodePossible() ? "сервер 1.js" : "server 1.js";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() throws IOException {
		Path preload = root.resolve("pre load.cjs");
		Files.writeString(preload, "globalThis.preloaded = (globalThis.preloaded ?? 0) + 1;");
		host = NodeHost.in(root)
			.script("plain/app.js", EVALUATES)
			.script(ODD_FOLDER + "/" + ODD_FILE, EVALUATES)
			.script("prints/app.js", PRINTS)
			.script("silent/app.js", PRINTS)
			.script("elsewhere/app.js", PRINTS)
			.application("plain", "plain/app.js", "/plain")
			.application("odd", ODD_FOLDER + "/" + ODD_FILE, "/odd")
			.application("prints", "prints/app.js", "/prints")
			.application("silent", "silent/app.js", "/silent")
			.application("elsewhere", "elsewhere/app.js", "/elsewhere")
			.with("iisnode.applications.plain.node-env", "staging")
			.with("iisnode.applications.plain.environment.OWN_VARIABLE", "a b=ü")
			.with("iisnode.applications.plain.environment.PORT", "8080")
			.with("iisnode.applications.plain.node-process-command-line",
					"node --title=\"some title\" --require \"" + preload + "\"")
			.with("iisnode.applications.plain.node-process-arguments", "--max-old-space-size=123,--no-warnings")
			.with("iisnode.applications.silent.logging-enabled", "false")
			.with("iisnode.applications.elsewhere.log-directory", "logs/of it")
			.script("command/node_modules/tool/bin.js", EVALUATES + "console.log('started');")
			.application("command", "command/node_modules/tool/bin.js", "/command")
			.with("iisnode.applications.command.directory", "command")
			.with("iisnode.applications.command.arguments", "start,-p,a b")
			.application("lost", "plain/app.js", "/lost")
			.with("iisnode.applications.lost.directory", "nowhere")
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static boolean isUnicodePossible() {
		try {
			return Path.of("äß 日本").toString().equals("äß 日本");
		}
		catch (InvalidPathException ex) {
			return false;
		}
	}

	private static String eval(String application, String expression) {
		StringBuilder encoded = new StringBuilder();
		expression.chars().forEach((character) -> encoded.append(String.format("%%%02X", character)));
		RawResponse response = host.get("/" + application + "?" + encoded);
		assertThat(response.status()).isEqualTo(200);
		return response.body();
	}

	@Test
	void theEnvironmentIsThatOfTheHostWithOursAndTheApplications() {
		Map<String, String> expected = new LinkedHashMap<>();
		expected.put("PORT", host.snapshot("plain").processes().isEmpty() ? eval("plain", "process.env.PORT")
				: host.snapshot("plain").processes().get(0).pipe());
		expected.put("NODE_ENV", "staging");
		expected.put("OWN_VARIABLE", "a b=ü");
		expected.put("IISNODE_VERSION", Version.CURRENT);
		expected.put("PATH", System.getenv("PATH"));
		expected.forEach(
				(name, value) -> assertThat(eval("plain", "process.env['" + name + "']")).as(name).isEqualTo(value));
		assertThat(host.snapshot("plain").processes().get(0).pipe()).isEqualTo(eval("plain", "process.env.PORT"));
		assertThat(eval("plain", "process.env.IISNODE_CONTROL_PIPE")).isNotEmpty()
			.isNotEqualTo(eval("plain", "process.env.PORT"));
	}

	@Test
	void nodeEnvIsLeftAloneUnlessItIsSet() {
		assertThat(eval("odd", "process.env.NODE_ENV"))
			.isEqualTo(String.valueOf(System.getenv("NODE_ENV")).replace("null", "undefined"));
	}

	@Test
	void theCommandLineMayHaveArgumentsWithBlanks() {
		assertThat(eval("plain", "process.title")).isEqualTo("some title");
		assertThat(eval("plain", "globalThis.preloaded")).isEqualTo("1");
		assertThat(eval("plain", "process.execArgv.slice(-2)")).isEqualTo("--max-old-space-size=123,--no-warnings");
		assertThat(eval("plain", "process.argv.length")).isEqualTo("2");
	}

	@Test
	void theWorkingDirectoryIsTheFolderOfTheScript() throws IOException {
		assertThat(Path.of(eval("plain", "process.cwd()"))).isEqualTo(root.resolve("plain").toRealPath());
	}

	@Test
	void aCommandRunsWithItsArgumentsInTheFolderOfTheApplication() throws IOException {
		assertThat(eval("command", "process.argv.slice(2).join('|')")).isEqualTo("start|-p|a b");
		assertThat(Path.of(eval("command", "process.cwd()"))).isEqualTo(root.resolve("command").toRealPath());
		assertThat(Path.of(eval("command", "__dirname")))
			.isEqualTo(root.resolve("command/node_modules/tool").toRealPath());
		assertThat(root.resolve("command/iisnode")).isNotEmptyDirectory();
	}

	@Test
	void aFolderThatIsMissingIsAFaultOfTheConfiguration() {
		assertThat(host.get("/lost").status()).isEqualTo(500);
		assertThat(host.get("/lost").status()).isEqualTo(500);
	}

	@Test
	void pathsMayHaveBlanksAndAnyLetters() throws IOException {
		assertThat(Path.of(eval("odd", "process.cwd()"))).isEqualTo(root.resolve(ODD_FOLDER).toRealPath());
		assertThat(Path.of(eval("odd", "__filename")).getFileName()).hasToString(ODD_FILE);
		assertThat(eval("odd", "require.main === module")).isEqualTo("true");
	}

	@Test
	void whatIsPrintedIsInItsFileWithinASecond() throws IOException {
		assertPrinted("prints", root.resolve("prints/iisnode"));
		assertPrinted("elsewhere", root.resolve("elsewhere/logs/of it"));
	}

	private static void assertPrinted(String application, Path folder) throws IOException {
		String pid = host.get("/" + application).body();
		for (String stream : List.of("out", "err")) {
			await().atMost(Duration.ofSeconds(1)).untilAsserted(() -> {
				Path file = logFile(folder, pid, "std" + stream);
				assertThat(file).hasContent(stream + " of /" + application);
			});
		}
	}

	private static Path logFile(Path folder, String pid, String stream) throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			List<Path> found = files
				.filter((file) -> file.getFileName().toString().matches(".+-" + pid + "-" + stream + "-\\d{13}\\.txt"))
				.toList();
			assertThat(found).hasSize(1);
			return found.get(0);
		}
	}

	@Test
	void withLoggingOffNoFileIsWritten() throws IOException {
		assertThat(host.get("/silent").status()).isEqualTo(200);
		host.application("silent").dispose().block();
		try (Stream<Path> files = Files.list(root.resolve("silent"))) {
			assertThat(files).containsExactly(root.resolve("silent/app.js"));
		}
	}

}
