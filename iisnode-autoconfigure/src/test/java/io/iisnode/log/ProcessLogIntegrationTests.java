package io.iisnode.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProcessLog} with real node processes and real files.
 */
@EnabledIf("nodeIsInstalled")
class ProcessLogIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final int KB = 1024;

	private static final LogSettings DEFAULTS = new LogSettings(true, Path.of("iisnode"), 128 * KB, 1024 * KB, 20);

	@TempDir
	private Path scriptFolder;

	private final List<Process> processes = new ArrayList<>();

	private final List<ProcessLog> logs = new ArrayList<>();

	@AfterEach
	void stop() throws Exception {
		for (Process process : this.processes) {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
		this.logs.forEach(ProcessLog::close);
		for (ProcessLog log : this.logs) {
			log.flushed().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void partialLineIsInTheFileWhileTheProcessGoesOn() throws Exception {
		Node node = start(DEFAULTS, """
				process.stdout.write('no line end');
				process.stdin.on('data', (data) => process.stderr.write(data));
				""");
		await().untilAsserted(() -> assertThat(node.text(LogStream.STDOUT)).isEqualTo("no line end"));
		node.say("more");
		await().untilAsserted(() -> assertThat(node.text(LogStream.STDERR)).isEqualTo("more"));
		assertThat(node.process.isAlive()).isTrue();
	}

	@Test
	void burstOfOneMegabyteRotatesAndObeysTotalAndCountLimits() throws Exception {
		LogSettings settings = new LogSettings(true, Path.of("iisnode"), 32 * KB, 256 * KB, 6);
		Node node = start(settings, """
				for (let i = 0; i < 10000; i++) {
					console.log(String(i).padStart(103, '.'));
				}
				console.error('done');
				""");
		await().until(() -> {
			assertThat(LogFiles.in(node.folder)).hasSizeLessThanOrEqualTo(6);
			assertThat(LogFiles.size(node.folder)).isLessThanOrEqualTo(256 * KB);
			return !node.process.isAlive();
		});
		node.awaitFiles();
		assertThat(LogFiles.in(node.folder)).hasSizeLessThanOrEqualTo(6)
			.allSatisfy((file) -> assertThat(file)
				.satisfies((path) -> assertThat(Files.size(path)).isLessThanOrEqualTo(32 * KB)));
		assertThat(node.log.droppedBytes(LogStream.STDOUT)).isZero();
		List<String> kept = node.text(LogStream.STDOUT).lines().toList();
		assertThat(kept).hasSizeGreaterThan(1000)
			.isEqualTo(IntStream.range(10000 - kept.size(), 10000)
				.mapToObj((i) -> ".".repeat(103 - String.valueOf(i).length()) + i)
				.toList());
		assertThat(node.text(LogStream.STDERR)).isEqualTo("done\n");
		assertThat(node.log.files()).containsExactlyInAnyOrderElementsOf(LogFiles.in(node.folder));
	}

	@Test
	void nothingIsLostOfALongBurstThatTheQuotasAllow() throws Exception {
		// Pipes of Wine take a tenth of a millisecond for each line.
		int lines = OS.WINDOWS.isCurrentOs() ? 50_000 : 200_000;
		LogSettings settings = new LogSettings(true, Path.of("iisnode"), 1024 * KB, 100_000 * KB, 1000);
		Node node = start(settings, """
				for (let i = 0; i < %d; i++) {
					console.log(String(i).padStart(99, '.'));
				}
				""".formatted(lines));
		node.awaitExit();
		node.awaitFiles();
		assertThat(node.log.droppedBytes(LogStream.STDOUT)).isZero();
		assertThat(LogFiles.size(node.folder)).isEqualTo(100L * lines);
	}

	@Test
	void lastWordsOfAnUncaughtExceptionAreComplete() throws Exception {
		Node node = start(DEFAULTS, "console.log('starting'); throw new Error('no such table');");
		node.awaitExit();
		assertThat(node.log.awaitEnd(LIMIT)).isTrue();
		assertThat(node.log.tail(LogStream.STDOUT)).isEqualTo("starting\n");
		assertThat(node.log.lastLines(LogStream.STDERR)).contains("Error: no such table")
			.last()
			.asString()
			.startsWith("Node.js v");
		node.awaitFiles();
		assertThat(node.text(LogStream.STDERR)).isEqualTo(node.log.tail(LogStream.STDERR));
	}

	@Test
	void fatalErrorOfV8IsKept() throws Exception {
		Node node = start(DEFAULTS, "const all = []; for (;;) { all.push(new Array(1000).fill(Math.random())); }",
				"--max-old-space-size=16");
		node.awaitExit();
		assertThat(node.log.awaitEnd(LIMIT)).isTrue();
		assertThat(node.process.exitValue()).isNotZero();
		assertThat(node.log.tail(LogStream.STDERR)).contains("FATAL ERROR", "JavaScript heap out of memory");
		node.awaitFiles();
		assertThat(node.text(LogStream.STDERR)).contains("FATAL ERROR", "JavaScript heap out of memory");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no signal to handle")
	void processStoppedThroughItsHandleSaysItsLastWords() throws Exception {
		Node node = start(DEFAULTS, """
				process.on('SIGTERM', () => process.stdout.write('x'.repeat(200000) + ' bye\\n', () => process.exit()));
				setInterval(() => {}, 1000);
				console.log('ready');
				""");
		await().until(() -> node.text(LogStream.STDOUT).equals("ready\n"));
		node.process.toHandle().destroy();
		node.awaitExit();
		assertThat(node.log.awaitEnd(LIMIT)).isTrue();
		assertThat(node.log.tail(LogStream.STDOUT)).endsWith(" bye\n");
		node.awaitFiles();
		assertThat(node.text(LogStream.STDOUT)).hasSize("ready\n".length() + 200000 + " bye\n".length());
	}

	@Test
	void characterInTwoWritesIsOneCharacter() throws Exception {
		List<String> heard = new ArrayList<>();
		Node node = start(DEFAULTS,
				"""
						process.stdout.write(Buffer.from([0xe2, 0x82]));
						process.stdin.once('data', () => { process.stdout.write(Buffer.from([0xac, 0x0a, 0xff])); process.exit(); });
						""",
				(stream, line) -> heard.add(line));
		await().untilAsserted(() -> assertThat(node.log.files()).hasSize(1)
			.allSatisfy((file) -> assertThat(Files.readAllBytes(file)).hasSize(2)));
		node.say("go on");
		node.awaitExit();
		assertThat(node.log.awaitEnd(LIMIT)).isTrue();
		assertThat(node.log.tail(LogStream.STDOUT)).isEqualTo("\u20ac\n\ufffd");
		assertThat(heard).containsExactly("\u20ac", "\ufffd");
		node.awaitFiles();
		assertThat(Files.readAllBytes(node.log.files().get(0))).asHexString().isEqualTo("E282AC0AFF");
	}

	@Test
	void processThatPrintsIsNotHeldUpWhenNothingIsKept() throws Exception {
		Node node = start(new LogSettings(false, Path.of("iisnode"), KB, KB, 1), """
				for (let i = 0; i < 10000; i++) {
					console.log('.'.repeat(100));
				}
				""");
		node.awaitExit();
		assertThat(node.log.awaitEnd(LIMIT)).isTrue();
		assertThat(node.log.tail(LogStream.STDOUT)).hasSize(64 * KB);
		assertThat(node.folder).doesNotExist();
	}

	@Test
	void childThatHoldsTheStreamsDoesNotHoldTheLog() throws Exception {
		Node node = start(DEFAULTS, """
				require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
						{ stdio: 'inherit', detached: true }).unref();
				console.log('parent ends');
				""");
		List<ProcessHandle> children = new ArrayList<>();
		await().until(
				() -> node.process.descendants().peek(children::add).findAny().isPresent() || !node.process.isAlive());
		try {
			node.awaitExit();
			await().until(() -> node.log.tail(LogStream.STDOUT).equals("parent ends\n"));
			node.log.close();
			assertThat(node.log.awaitEnd(Duration.ZERO)).isTrue();
			node.awaitFiles();
			assertThat(node.text(LogStream.STDOUT)).isEqualTo("parent ends\n");
		}
		finally {
			children.forEach(ProcessHandle::destroyForcibly);
		}
	}

	@Test
	void severalProcessesShareTheFolder() throws Exception {
		LogSettings settings = new LogSettings(true, Path.of("iisnode"), 8 * KB, 64 * KB, 12);
		List<Node> nodes = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			nodes.add(start(settings, """
					for (let i = 0; i < 5000; i++) {
						console.log(process.pid + ' ' + '.'.repeat(90));
					}
					"""));
		}
		for (Node node : nodes) {
			node.awaitExit();
			node.awaitFiles();
			assertThat(node.log.droppedBytes(LogStream.STDOUT)).isZero();
		}
		Path folder = nodes.get(0).folder;
		assertThat(LogFiles.in(folder)).hasSizeLessThanOrEqualTo(12);
		assertThat(LogFiles.size(folder)).isLessThanOrEqualTo((64 + 2 * 8) * KB);
		assertThat(LogFile.list(folder)).allSatisfy((file) -> assertThat(LogFiles.text(file.path()).lines())
			.allSatisfy((line) -> assertThat(line).isEqualTo(file.pid() + " " + ".".repeat(90))));
		String index = Files.readString(folder.resolve("index.html"));
		assertThat(index).contains(LogFile.list(folder).stream().map(LogFile::name).collect(Collectors.toList()));
	}

	private Node start(LogSettings settings, String script, String... arguments) throws IOException {
		return start(settings, script, null, arguments);
	}

	private Node start(LogSettings settings, String script, LogListener listener, String... arguments)
			throws IOException {
		Path file = Files.writeString(this.scriptFolder.resolve("script" + this.processes.size() + ".js"), script);
		List<String> command = new ArrayList<>(List.of("node"));
		command.addAll(List.of(arguments));
		command.add(file.toString());
		Process process = new ProcessBuilder(command).directory(this.scriptFolder.toFile()).start();
		this.processes.add(process);
		ProcessLog log = ProcessLog.open(settings, this.scriptFolder, process.pid(), process.getInputStream(),
				process.getErrorStream(), listener);
		this.logs.add(log);
		return new Node(process, log, settings.folder(this.scriptFolder));
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(5));
	}

	static boolean nodeIsInstalled() {
		try {
			Process version = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
			version.getOutputStream().close();
			return version.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * A running node process and its log.
	 */
	private record Node(Process process, ProcessLog log, Path folder) {

		private void say(String text) throws IOException {
			OutputStream in = this.process.getOutputStream();
			in.write(text.getBytes(StandardCharsets.UTF_8));
			in.flush();
		}

		private void awaitExit() throws InterruptedException {
			assertThat(this.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("node has exited").isTrue();
		}

		private void awaitFiles() {
			this.log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
		}

		private String text(LogStream stream) {
			return LogFiles.text(this.folder, stream);
		}

	}

}
