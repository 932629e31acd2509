package io.iisnode.watch;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FileWatcher} where the operating system does not tell all, and for
 * what it leaves behind.
 */
@ExtendWith(OutputCaptureExtension.class)
class FileWatcherFallbackTests {

	private static final Duration SHORT = Duration.ofMillis(30);

	private static final Duration NEVER = Duration.ofDays(1);

	@TempDir
	private Path folder;

	private final AtomicInteger reports = new AtomicInteger();

	@Test
	void limitOfTheOperatingSystemLeadsToPollingAndOneLineInTheLog(CapturedOutput output) throws IOException {
		FolderNotifications.Registrar limited = (path, service) -> {
			throw new IOException("User limit of inotify watches reached");
		};
		try (FileWatcher watcher = watcher(limited, FileSystemKind.LOCAL, NEVER)) {
			Watch watch = watch(watcher, SHORT);
			assertThat(watch.isPolling()).isTrue();
			change(1);
			change(2);
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("User limit"))).hasSize(1);
	}

	@Test
	void endedLimitLeadsBackToNotification() throws IOException {
		AtomicReference<FolderNotifications.Registrar> registrar = new AtomicReference<>((path, service) -> {
			throw new IOException("User limit of inotify watches reached");
		});
		try (FileWatcher watcher = watcher((path, service) -> registrar.get().register(path, service),
				FileSystemKind.LOCAL, NEVER)) {
			Watch watch = watch(watcher, SHORT);
			registrar.set(FileWatcherFallbackTests::register);
			await().until(() -> !watch.isPolling());
			change(1);
			change(2);
		}
	}

	@Test
	void lostNotificationsAreMadeUpForByLookingAgain() throws IOException {
		FolderNotifications.Registrar deaf = (path, service) -> register(path.getRoot(), service);
		try (FileWatcher watcher = watcher(deaf, FileSystemKind.LOCAL, SHORT)) {
			Watch watch = watch(watcher, NEVER);
			assertThat(watch.isPolling()).isFalse();
			change(1);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void otherFileSystemsThanLocalOnesArePolled(FileSystemKind kind) throws IOException {
		FolderNotifications.Registrar deaf = (path, service) -> register(path.getRoot(), service);
		try (FileWatcher watcher = watcher(deaf, kind, NEVER)) {
			Watch watch = watch(watcher, SHORT);
			assertThat(watch.isPolling()).isTrue();
			assertThat(watcher.registeredFolders() == 0).isEqualTo(kind == FileSystemKind.NETWORK);
			change(1);
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void localDiskIsNotPolled() throws IOException {
		try (FileWatcher watcher = new FileWatcher()) {
			Watch watch = watch(watcher, NEVER);
			assertThat(watch.isPolling()).isEqualTo(FileSystemKind.of(this.folder) != FileSystemKind.LOCAL);
		}
	}

	@Test
	void whoeverKnowsMoreOfTheNetworkIsAsked() throws IOException {
		try (FileWatcher watcher = new FileWatcher((path) -> true)) {
			assertThat(watch(watcher, SHORT).isPolling()).isTrue();
			change(1);
		}
	}

	@Test
	void closeLeavesNoThreadAndNoHandle() throws IOException {
		long handles = handles();
		List<Thread> others = threads();
		for (int i = 1; i <= 5; i++) {
			FileWatcher watcher = watcher(FileWatcherFallbackTests::register, FileSystemKind.LOCAL, NEVER);
			Watch watch = watch(watcher, SHORT);
			change(i);
			assertThat(threads()).hasSize(others.size() + 2);
			watcher.close();
			watcher.close();
			watch.close();
			assertThat(threads()).containsExactlyInAnyOrderElementsOf(others);
		}
		await().untilAsserted(() -> assertThat(handles()).isLessThanOrEqualTo(handles));
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.filter((thread) -> thread.getName().startsWith("iisnode-watch"))
			.toList();
	}

	private static long handles() throws IOException {
		File[] descriptors = new File("/proc/self/fd").listFiles();
		return (descriptors != null) ? Stream.of(descriptors).filter(FileWatcherFallbackTests::isInotify).count() : 0;
	}

	private static boolean isInotify(File descriptor) {
		try {
			return Files.readSymbolicLink(descriptor.toPath()).toString().contains("inotify");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private FileWatcher watcher(FolderNotifications.Registrar registrar, FileSystemKind kind, Duration rescan) {
		return new FileWatcher(
				new FileWatcher.Environment(() -> open(registrar), (path) -> kind, System::nanoTime, rescan));
	}

	private static FolderNotifications open(FolderNotifications.Registrar registrar) {
		try {
			return new FolderNotifications(FileSystems.getDefault().newWatchService(), registrar);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static WatchKey register(Path folder, WatchService service) throws IOException {
		return folder.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE,
				StandardWatchEventKinds.ENTRY_MODIFY);
	}

	private Watch watch(FileWatcher watcher, Duration polling) throws IOException {
		Path script = this.folder.resolve("server.js");
		TestFiles.write(script, "1");
		return watcher.watch(new WatchSettings(List.of("*.js"), polling, SHORT, Duration.ofSeconds(5)), this.folder,
				script, List.of(), (files) -> this.reports.incrementAndGet());
	}

	private void change(int expected) throws IOException {
		TestFiles.append(this.folder.resolve("server.js"));
		await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(this.reports).hasValue(expected));
	}

}
