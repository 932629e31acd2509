package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FolderWatch} with a clock of its own, polling unless said otherwise.
 */
class FolderWatchTests {

	private static final int INTERVAL = 1000;

	private static final int QUIET = 100;

	private static final int MAX_DELAY = 500;

	@TempDir
	private Path folder;

	private Path script;

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1));

	private final AtomicInteger reports = new AtomicInteger();

	private FolderWatch watch;

	@BeforeEach
	void start() throws IOException {
		this.script = TestFiles.write(this.folder.resolve("server.js"), "1");
		WatchSettings settings = new WatchSettings(List.of("*.js"), Duration.ofMillis(INTERVAL),
				Duration.ofMillis(QUIET), Duration.ofMillis(MAX_DELAY));
		FileWatcher.Environment environment = new FileWatcher.Environment(() -> null, FileSystemKind::of,
				this.nanos::get, Duration.ofDays(1));
		this.watch = new FolderWatch(WatchedFiles.of(settings.patterns(), this.folder, this.script, List.of()),
				settings, (files) -> this.reports.incrementAndGet(), new FileWatcher(environment), null, environment);
		this.watch.start();
	}

	@Test
	void changeIsReportedOnceAfterTheIntervalAndAQuietPeriod() throws IOException {
		TestFiles.append(this.script);
		pass(INTERVAL - 1);
		assertThat(this.watch.remaining(this.nanos.get())).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
		pass(1);
		assertThat(this.reports).hasValue(0);
		pass(QUIET);
		assertThat(this.reports).hasValue(1);
		pass(10 * INTERVAL);
		assertThat(this.reports).hasValue(1);
	}

	@Test
	void changesThatFollowAreReportedWithTheFirst() throws IOException {
		TestFiles.append(this.script);
		pass(INTERVAL);
		for (int i = 0; i < 3; i++) {
			TestFiles.write(this.folder.resolve(i + ".js"), "x");
			pass(QUIET);
			assertThat(this.reports).hasValue(0);
		}
		pass(QUIET);
		assertThat(this.reports).hasValue(1);
	}

	@Test
	void constantChangesAreReportedAfterTheLongestDelay() throws IOException {
		TestFiles.append(this.script);
		pass(INTERVAL);
		for (int i = 1; i < MAX_DELAY / QUIET; i++) {
			TestFiles.append(this.script);
			pass(QUIET);
			assertThat(this.reports).hasValue(0);
		}
		TestFiles.append(this.script);
		pass(QUIET);
		assertThat(this.reports).hasValue(1);
	}

	@Test
	void changeThatIsUndoneInTheMeantimeIsNone() throws IOException {
		Path other = TestFiles.write(this.folder.resolve("other.js"), "x");
		pass(INTERVAL);
		Files.delete(other);
		pass(QUIET);
		pass(QUIET);
		pass(INTERVAL);
		assertThat(this.reports).hasValue(0);
	}

	@Test
	void hintIsFollowedAfterAQuietPeriodWithoutWaitingForTheInterval() throws IOException {
		TestFiles.append(this.script);
		this.watch.changed();
		pass(QUIET);
		pass(QUIET);
		assertThat(this.reports).hasValue(1);
	}

	@Test
	void hintWithoutAChangeIsNotReported() {
		this.watch.changed();
		pass(QUIET);
		pass(INTERVAL);
		assertThat(this.reports).hasValue(0);
	}

	@Test
	void closedWatchReportsNothing() throws IOException {
		TestFiles.append(this.script);
		this.watch.close();
		pass(INTERVAL);
		pass(QUIET);
		assertThat(this.reports).hasValue(0);
	}

	private void pass(long millis) {
		this.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
		this.watch.run();
	}

}
