package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A {@link FileWatcher} over real files, told by the operating system or polling.
 */
abstract class AbstractFileWatcherTests {

	static final String DEFAULT = "*.js;iisnode.yml";

	static final Duration SHORT = Duration.ofMillis(30);

	static final Duration NEVER = Duration.ofDays(1);

	@Parameter
	Mode mode;

	@TempDir
	Path root;

	Path folder;

	Path script;

	final AtomicInteger reports = new AtomicInteger();

	FileWatcher watcher;

	@BeforeEach
	void create() throws IOException {
		this.folder = this.root.resolve("app");
		this.script = TestFiles.write(this.folder.resolve("server.js"), "1");
		this.watcher = new FileWatcher(
				new FileWatcher.Environment(() -> (this.mode == Mode.NOTIFIED) ? FolderNotifications.open() : null,
						(path) -> FileSystemKind.LOCAL, System::nanoTime, NEVER));
	}

	@AfterEach
	void close() {
		this.watcher.close();
	}

	Watch watch(String patterns) {
		return watch(patterns, this.folder);
	}

	Watch watch(String patterns, Path folder) {
		return this.watcher.watch(settings(patterns), folder, Path.of("server.js"), List.of(),
				(files) -> this.reports.incrementAndGet());
	}

	static WatchSettings settings(String patterns) {
		return new WatchSettings(List.of(patterns), SHORT, SHORT, Duration.ofSeconds(5));
	}

	void awaitReports(int expected) {
		await().pollInterval(Duration.ofMillis(5))
			.untilAsserted(() -> assertThat(this.reports.get()).isGreaterThanOrEqualTo(expected));
	}

	/** For changes that are one step, and so cannot be reported by halves. */
	void awaitExactly(int expected) {
		awaitReports(expected);
		assertThat(this.reports).hasValue(expected);
	}

	/**
	 * How changes become known.
	 */
	enum Mode {

		/** By the operating system. */
		NOTIFIED,

		/** By looking again and again. */
		POLLING

	}

}
