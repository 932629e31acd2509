package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.watch.AbstractFileWatcherTests.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FileWatcher}: what it reports.
 */
@ParameterizedClass
@EnumSource(Mode.class)
class FileWatcherTests extends AbstractFileWatcherTests {

	@Test
	void changedContentIsReported() throws IOException {
		watch(DEFAULT);
		TestFiles.append(this.script);
		awaitExactly(1);
		TestFiles.append(this.script);
		awaitExactly(2);
	}

	@Test
	void touchedFileIsReported() throws IOException {
		watch(DEFAULT);
		TestFiles.touch(this.script);
		awaitExactly(1);
	}

	@Test
	void createdAndDeletedFileIsReported() throws IOException {
		watch(DEFAULT);
		Path file = TestFiles.write(this.folder.resolve("iisnode.yml"), "x");
		awaitReports(1);
		Files.delete(file);
		awaitReports(2);
	}

	@Test
	void scriptThatNoPatternNamesIsReportedWhenDeletedAndWhenBack() throws IOException {
		watch("");
		Files.delete(this.script);
		awaitReports(1);
		TestFiles.write(this.script, "2");
		awaitReports(2);
	}

	@Test
	void renameOverAFileIsReported() throws IOException {
		watch(DEFAULT);
		TestFiles.moveOver(TestFiles.write(this.root.resolve("upload"), "1"), this.script);
		awaitExactly(1);
	}

	@Test
	void editorThatSavesByRenamingIsReported() throws IOException {
		watch(DEFAULT);
		TestFiles.write(this.folder.resolve("4913"), "");
		Files.delete(this.folder.resolve("4913"));
		TestFiles.moveOver(this.script, this.folder.resolve("server.js~"));
		TestFiles.write(this.script, "12");
		Files.delete(this.folder.resolve("server.js~"));
		awaitReports(1);
		TestFiles.moveOver(TestFiles.write(this.folder.resolve("server.js.tmp"), "123"), this.script);
		awaitReports(2);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "symbolic links need a privilege")
	void swappedLinkToAReleaseIsReportedAndTheNewReleaseWatched() throws IOException {
		Path second = TestFiles.write(this.root.resolve("second/server.js"), "1");
		Files.setLastModifiedTime(second, Files.getLastModifiedTime(this.script));
		Path current = Files.createSymbolicLink(this.root.resolve("current"), Path.of("app"));
		watch(DEFAULT, current);
		TestFiles.swap(current, Path.of("second"));
		awaitExactly(1);
		TestFiles.append(second);
		awaitExactly(2);
		TestFiles.swap(current, this.folder);
		awaitExactly(3);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a folder is not renamed while one below it is watched")
	void folderOnTheWayRenamedAndReplacedIsReportedAndTheNewOneWatched() throws IOException {
		Path deep = TestFiles.write(this.root.resolve("site/a/b/server.js"), "1").getParent();
		TestFiles.write(this.root.resolve("site.new/a/b/server.js"), "12");
		watch(DEFAULT, deep);
		Files.move(this.root.resolve("site"), this.root.resolve("site.old"));
		Files.move(this.root.resolve("site.new"), this.root.resolve("site"));
		awaitReports(1);
		TestFiles.append(deep.resolve("server.js"));
		awaitReports(2);
	}

	@Test
	void removedAndRestoredFolderIsReportedAndWatchedAgain() throws IOException {
		watch(DEFAULT);
		TestFiles.delete(this.folder);
		awaitReports(1);
		TestFiles.write(this.script, "2");
		awaitReports(2);
		TestFiles.append(this.script);
		awaitReports(3);
	}

	@Test
	void missingFoldersArePickedUpWhenTheyAppear() throws IOException {
		watch("lib/deep/*.js");
		Path file = TestFiles.write(this.folder.resolve("lib/deep/x.js"), "1");
		awaitReports(1);
		TestFiles.append(file);
		awaitReports(2);
	}

	@Test
	void missingFolderOfTheScriptIsPickedUpWhenItAppears() throws IOException {
		Path missing = this.root.resolve("a/b/c");
		watch(DEFAULT, missing);
		TestFiles.write(missing.resolve("server.js"), "1");
		awaitReports(1);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a deleted folder stays while it is watched")
	void foldersBelowAreWatchedWhenAskedForNewOnesToo() throws IOException {
		Path old = TestFiles.write(this.folder.resolve("src/a/old.js"), "1");
		watch("src/**/*.js");
		TestFiles.append(old);
		awaitReports(1);
		Path file = TestFiles.write(this.folder.resolve("src/b/c/d/new.js"), "1");
		awaitReports(2);
		TestFiles.append(file);
		awaitReports(3);
		TestFiles.delete(this.folder.resolve("src/b"));
		awaitReports(4);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "symbolic links need a privilege")
	void fileBehindLinksIsWatchedWhereItIs() throws IOException {
		Path data = TestFiles.write(this.root.resolve("volume/..1/config.js"), "1");
		Files.createSymbolicLink(this.root.resolve("volume/..data"), Path.of("..1"));
		Files.createSymbolicLink(this.folder.resolve("config.js"), Path.of("../volume/..data/config.js"));
		watch(DEFAULT);
		TestFiles.append(data);
		awaitReports(1);
		Path next = TestFiles.write(this.root.resolve("volume/..2/config.js"), "1");
		TestFiles.swap(this.root.resolve("volume/..data"), Path.of("..2"));
		awaitReports(2);
		TestFiles.append(next);
		awaitReports(3);
	}

	@Test
	void deploymentOfManyFilesIsOneReport() throws IOException {
		WatchSettings settings = new WatchSettings(List.of("**/*.js"), SHORT, Duration.ofMillis(500),
				Duration.ofSeconds(30));
		this.watcher.watch(settings, this.folder, this.script, List.of(), (files) -> this.reports.incrementAndGet());
		for (int i = 0; i < 500; i++) {
			TestFiles.write(this.folder.resolve("d" + i % 10 + "/" + i + ".js"), "x".repeat(i));
		}
		awaitExactly(1);
		TestFiles.append(this.script);
		awaitExactly(2);
	}

	@Test
	void ignoredFolderDoesNotDelayWhatIsReported() throws Exception {
		Path log = TestFiles.write(this.folder.resolve("iisnode/out.js"), "x");
		WatchSettings settings = new WatchSettings(List.of("**/*.js"), SHORT, Duration.ofMillis(200), NEVER);
		this.watcher.watch(settings, this.folder, this.script, List.of(Path.of("iisnode")),
				(files) -> this.reports.incrementAndGet());
		TestFiles.append(this.script);
		await().pollInterval(Duration.ofMillis(5)).until(() -> {
			TestFiles.append(log);
			TestFiles.write(this.folder.resolve("app.log"), "x");
			return this.reports.get() > 0;
		});
		assertThat(this.reports).hasValue(1);
	}

}
