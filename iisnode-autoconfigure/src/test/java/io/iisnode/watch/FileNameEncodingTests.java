package io.iisnode.watch;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A host whose locale has no characters but those of ASCII, and files that somebody else
 * has named.
 */
@EnabledOnOs(OS.LINUX)
class FileNameEncodingTests {

	private static final String READY = "ready";

	private static final String CHANGED = "changed";

	@TempDir
	private Path folder;

	@Test
	void aNameThatTheHostCannotReadEndsNothing() throws Exception {
		TestFiles.write(this.folder.resolve("server.js"), "1");
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				"-XX:TieredStopAtLevel=1", Watching.class.getName(), this.folder.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().put("LC_ALL", "C");
		Process host = builder.start();
		try (BufferedReader output = host.inputReader(StandardCharsets.US_ASCII)) {
			assertThat(output.readLine()).isEqualTo(READY);
			Process touch = new ProcessBuilder("sh", "-c", "touch \"$(printf 'gr\\303\\274n.txt')\"")
				.directory(this.folder.toFile())
				.start();
			assertThat(touch.waitFor()).isZero();
			TestFiles.append(this.folder.resolve("server.js"));
			assertThat(output.readLine()).isEqualTo(CHANGED);
		}
		finally {
			host.destroyForcibly();
		}
	}

	/**
	 * Tells the first change that is seen, within a limit of time.
	 */
	public static final class Watching {

		private Watching() {
		}

		public static void main(String[] arguments) throws InterruptedException {
			Path folder = Path.of(arguments[0]);
			BlockingQueue<Set<Path>> changes = new LinkedBlockingQueue<>();
			try (FileWatcher watcher = new FileWatcher()) {
				watcher.watch(new WatchSettings(List.of("**/*.js"), Duration.ofMinutes(5), Duration.ofMillis(100),
						Duration.ofSeconds(5)), folder, folder.resolve("server.js"), List.of(), changes::add);
				System.out.println(READY);
				System.out.println((changes.poll(20, TimeUnit.SECONDS) != null) ? CHANGED : "nothing");
			}
		}

	}

}
