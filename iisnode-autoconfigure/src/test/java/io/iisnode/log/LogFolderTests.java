package io.iisnode.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link LogFolder}.
 */
class LogFolderTests {

	private static final int KB = 1024;

	@TempDir
	private Path folder;

	@Test
	void longestUnmodifiedGoesFirstWhenThereAreTooMany() throws Exception {
		old("a-1-stdout-3.txt", 1, 10);
		old("a-1-stdout-1.txt", 1, 30);
		old("a-1-stderr-2.txt", 1, 20);
		create(settings(1, 100, 3), "a", 1, 50).close(true);
		assertThat(names()).containsExactly("a-1-stderr-2.txt", "a-1-stdout-1.txt", "a-1-stdout-50.txt");
	}

	@Test
	void ofSeveralModifiedAtOnceTheOneMadeFirstGoesFirst() throws Exception {
		old("a-1-stdout-10.txt", 1, 10);
		old("a-1-stdout-9.txt", 1, 10);
		create(settings(1, 100, 2), "a", 1, 50).close(true);
		assertThat(names()).containsExactly("a-1-stdout-10.txt", "a-1-stdout-50.txt");
	}

	@Test
	void totalSizeHoldsWhenTheNewFileIsFull() throws Exception {
		for (int i = 1; i <= 6; i++) {
			old("a-1-stdout-" + i + ".txt", 2 * KB, i);
		}
		create(settings(4, 10, 100), "a", 1, 50).close(true);
		assertThat(names()).containsExactly("a-1-stdout-4.txt", "a-1-stdout-5.txt", "a-1-stdout-50.txt",
				"a-1-stdout-6.txt");
	}

	@Test
	void filesOfOtherHostsAndFormerProcessesCount() throws Exception {
		old("formerhost-77-stderr-1.txt", 1, 1);
		create(settings(1, 1, 1), "a", 1, 50).close(true);
		assertThat(names()).containsExactly("a-1-stdout-50.txt");
	}

	@Test
	void foreignFilesNeitherCountNorGo() throws Exception {
		Files.write(this.folder.resolve("notes.txt"), new byte[100 * KB]);
		Files.write(this.folder.resolve("host-1-stdout-1.log"), new byte[100 * KB]);
		Files.createDirectory(this.folder.resolve("host-1-stdout-1.txt"));
		old("a-1-stdout-1.txt", 1, 1);
		create(settings(1, 10, 2), "a", 1, 50).close(true);
		assertThat(names()).containsExactly("a-1-stdout-1.txt", "a-1-stdout-50.txt", "host-1-stdout-1.txt",
				"notes.txt");
		assertThat(this.folder.resolve("host-1-stdout-1.log")).exists();
	}

	@Test
	void openFileStaysUntilItIsClosed() throws Exception {
		LogSettings one = settings(1, 1, 1);
		OpenLogFile open = create(one, "a", 1, 10);
		Files.setLastModifiedTime(open.path(), FileTime.fromMillis(1));
		create(one, "b", 2, 20).close(true);
		assertThat(names()).containsExactly("a-1-stdout-10.txt", "b-2-stdout-20.txt");
		open.close(true);
		create(one, "c", 3, 30).close(true);
		assertThat(names()).containsExactly("c-3-stdout-30.txt");
	}

	@Test
	void openFileStaysAlsoIfALinkLeadsToTheFolder() throws Exception {
		Path link = this.folder.resolve("link");
		Path real = Files.createDirectory(this.folder.resolve("real"));
		Files.createSymbolicLink(link, real);
		OpenLogFile open = LogFolder.create(settings(1, 1, 1), real, 10, name("a", 1), FileOpener.DISK);
		LogFolder.create(settings(1, 1, 1), link, 20, name("a", 1), FileOpener.DISK).close(true);
		assertThat(open.path()).exists();
		open.close(true);
	}

	@Test
	void indexListsTheFilesAndIsNotALogFile() throws Exception {
		OpenLogFile open = create(settings(1, 10, 10), "a", 1, 1700000000000L);
		open.write("text".getBytes(), 0, 4);
		Path index = this.folder.resolve("index.html");
		Awaitility.await()
			.untilAsserted(() -> assertThat(index).content()
				.contains("<td class=\"number\">open</td>")
				.contains("2023-11-14T22:13:20Z"));
		open.close(true);
		assertThat(index).content()
			.contains("<td class=\"number\">4</td>")
			.contains("<a href=\"./a-1-stdout-1700000000000.txt\">a-1-stdout-1700000000000.txt</a>");
	}

	@Test
	void failedCreationLeavesNothingOpen() throws Exception {
		assertThatIOException()
			.isThrownBy(() -> LogFolder.create(settings(1, 1, 1), this.folder, 10, name("a", 1), (file, options) -> {
				throw new IOException("refused");
			}));
		assertThat(names()).isEmpty();
		create(settings(1, 1, 1), "a", 1, 10).close(true);
		assertThat(names()).containsExactly("a-1-stdout-10.txt");
	}

	@Test
	void manyProcessesTogetherObeyTheQuotas() throws Exception {
		LogSettings settings = settings(1, 8, 10);
		int processes = 8;
		ExecutorService executor = Executors.newFixedThreadPool(processes);
		try {
			List<Callable<Void>> tasks = new ArrayList<>();
			for (int pid = 1; pid <= processes; pid++) {
				int process = pid;
				tasks.add(() -> {
					for (int i = 0; i < 50; i++) {
						OpenLogFile file = create(settings, "host", process, 1000);
						file.write(new byte[KB], 0, KB);
						assertThat(file.isThere()).isTrue();
						file.close(true);
					}
					return null;
				});
			}
			for (Future<Void> done : executor.invokeAll(tasks)) {
				done.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
		create(settings, "host", 1, 1).close(true);
		assertThat(LogFiles.in(this.folder)).hasSizeLessThanOrEqualTo(10);
		assertThat(LogFiles.size(this.folder)).isLessThanOrEqualTo(8 * KB);
		assertThat(LogFiles.all(this.folder)).noneMatch((file) -> file.toString().endsWith(".tmp"));
	}

	private OpenLogFile create(LogSettings settings, String host, long pid, long millis) throws IOException {
		return LogFolder.create(settings, this.folder, millis, name(host, pid), FileOpener.DISK);
	}

	private static LongFunction<String> name(String host, long pid) {
		return (millis) -> LogFile.name(host, pid, LogStream.STDOUT, millis);
	}

	private static LogSettings settings(int fileKb, int totalKb, int files) {
		return new LogSettings(true, Path.of("iisnode"), fileKb * KB, totalKb * KB, files);
	}

	private void old(String name, int size, int modified) throws IOException {
		Path file = Files.write(this.folder.resolve(name), new byte[size]);
		Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * modified));
	}

	private List<String> names() {
		return LogFiles.in(this.folder).stream().map((file) -> file.getFileName().toString()).toList();
	}

}
