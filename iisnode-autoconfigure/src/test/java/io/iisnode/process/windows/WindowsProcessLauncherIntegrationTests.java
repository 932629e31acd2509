package io.iisnode.process.windows;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.ProcessCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real processes of Windows.
 */
@EnabledOnOs(OS.WINDOWS)
class WindowsProcessLauncherIntegrationTests {

	private static final String NODE = "node";

	private static final String STAY = "setInterval(() => {}, 1000)";

	@Test
	void argumentsAndFolderArriveAsTheyWere(@TempDir Path folder) throws Exception {
		assertArrives(Files.createDirectory(folder.resolve("Größe 二 x")), List.of("plain", "two words", "say \"hi\"",
				"C:\\two words\\", "C:\\folder\\", "\"x\"", "a\\\\\"b", "", "Größe 二", "%PATH%", "a&b|c>d", "*.js"));
	}

	@RepeatedTest(3)
	void anyArgumentsArriveAsTheyWere(@TempDir Path folder) throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		String[] parts = { "\"", "\\", " ", "\t", "a", "ü", "&", "%", "^", "'", "-", "=", "\\\\", "\\\"", "二" };
		List<String> arguments = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			StringBuilder argument = new StringBuilder();
			for (int length = random.nextInt(8); length > 0; length--) {
				argument.append(parts[random.nextInt(parts.length)]);
			}
			arguments.add(argument.toString());
		}
		try {
			assertArrives(folder, arguments);
		}
		catch (AssertionError ex) {
			throw new AssertionError("Seed " + seed, ex);
		}
	}

	@Test
	void theFolderMayHaveALongPath(@TempDir Path folder) throws Exception {
		Path directory = folder;
		while (directory.toString().length() < 300) {
			directory = Files.createDirectory(directory.resolve("Größe und noch viel mehr als das " + "x".repeat(40)));
		}
		assertArrives(directory, List.of("x"));
	}

	private static void assertArrives(Path directory, List<String> arguments) throws Exception {
		Path script = Files.writeString(directory.resolve("echo args.js"),
				"for (const text of [process.cwd(), ...process.argv.slice(2)]) console.log(encodeURIComponent(text) + '.')");
		List<String> command = new ArrayList<>(List.of(NODE, script.toString()));
		command.addAll(arguments);
		try (WindowsProcessLauncher launcher = new WindowsProcessLauncher()) {
			Process process = launcher.launch(new ProcessCommand(command, directory, Map.of()));
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
			List<String> lines = List.of(output.split("\\n"));
			assertThat(Files.isSameFile(Path.of(decode(lines.get(0))), directory)).as(lines.get(0)).isTrue();
			assertThat(lines.subList(1, lines.size()).stream().map((line) -> decode(line)).toList())
				.isEqualTo(arguments);
		}
	}

	private static String decode(String line) {
		String text = line.strip().replace("+", "%2B");
		return URLDecoder.decode(text.substring(0, text.length() - 1), StandardCharsets.UTF_8);
	}

	@Test
	void closeEndsProcessesAndWhatTheyHaveStarted(@TempDir Path folder) throws Exception {
		Process process;
		ProcessHandle child;
		try (WindowsProcessLauncher launcher = new WindowsProcessLauncher()) {
			process = launcher.launch(parent(folder, STAY));
			child = child(process);
			assertThat(child.isAlive()).isTrue();
		}
		assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
	}

	@Test
	void whatAProcessHasStartedEndsWithIt(@TempDir Path folder) throws Exception {
		try (WindowsProcessLauncher launcher = new WindowsProcessLauncher()) {
			Process other = launcher.launch(parent(folder, STAY));
			Process process = launcher
				.launch(parent(folder, "process.stdin.resume().on('end', () => process.exit(0))"));
			ProcessHandle child = child(process);
			process.getOutputStream().close();
			assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
			assertThat(child.isAlive()).isTrue();
			launcher.ended(process);
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
			assertThat(other.isAlive()).isTrue();
			assertThat(child(other).isAlive()).isTrue();
		}
	}

	private static ProcessCommand parent(Path folder, String then) {
		return new ProcessCommand(
				List.of(NODE, "-e", "console.log(require('child_process').spawn(process.execPath, ['-e', '" + STAY
						+ "'], { detached: true, stdio: 'ignore' }).pid);" + then),
				folder, Map.of());
	}

	private static ProcessHandle child(Process process) throws IOException {
		return ProcessHandle.of(Long.parseLong(process.inputReader().readLine())).orElseThrow();
	}

	@Test
	void processesEndWithAHostThatIsKilled(@TempDir Path folder) throws Exception {
		Path java = Path.of(System.getProperty("java.home"), "bin", "java.exe");
		Process host = new ProcessBuilder(java.toString(), "-cp", System.getProperty("java.class.path"),
				Host.class.getName(), folder.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		long pid = Long.parseLong(host.inputReader().readLine());
		ProcessHandle node = ProcessHandle.of(pid).orElseThrow();
		assertThat(node.isAlive()).isTrue();
		host.toHandle().destroyForcibly();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !node.isAlive());
		// It gives its working folder back a moment later.
		Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> Files.deleteIfExists(folder));
	}

	@Test
	void hasNoSignalThatAsksForTheEnd(@TempDir Path folder) throws Exception {
		try (WindowsProcessLauncher launcher = new WindowsProcessLauncher()) {
			Process process = launcher.launch(new ProcessCommand(List.of(NODE, "-e", STAY), folder, Map.of()));
			assertThat(process.supportsNormalTermination()).isFalse();
		}
	}

	/**
	 * A host application that starts a process and stays.
	 */
	public static class Host {

		public static void main(String[] args) throws Exception {
			Process process = new WindowsProcessLauncher()
				.launch(new ProcessCommand(List.of(NODE, "-e", STAY), Path.of(args[0]), Map.of()));
			System.out.println(process.pid());
			Thread.sleep(60_000);
		}

	}

}
