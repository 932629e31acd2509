package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FolderScan}: two looks differ, or they do not.
 */
class FolderScanTests {

	@TempDir
	private Path root;

	private Path folder;

	private List<Path> ignored = List.of(Path.of("iisnode"));

	@BeforeEach
	void create() throws IOException {
		this.folder = this.root.toRealPath().resolve("app");
		TestFiles.write(this.folder.resolve("server.js"), "1");
		TestFiles.write(this.folder.resolve("data.db"), "1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.js~", ".server.js.swp", "4913", ".#server.js", "iisnode/1.js", "iisnode/a/1.js",
			"node_modules/x/index.js", ".git/hooks/x.js" })
	void otherFilesAreNotSeen(String file) throws IOException {
		Snapshot before = scan("*;**/*");
		TestFiles.write(this.folder.resolve(file), "x");
		assertThat(scan("*;**/*")).isEqualTo(before);
	}

	@Test
	void filesThatNoPatternNamesAreNotSeen() throws IOException {
		Snapshot before = scan("*.js;iisnode.yml");
		TestFiles.append(this.folder.resolve("data.db"));
		TestFiles.write(this.folder.resolve("lib/x.js"), "x");
		Files.createDirectory(this.folder.resolve("folder.js"));
		assertThat(scan("*.js;iisnode.yml")).isEqualTo(before);
		TestFiles.write(this.folder.resolve("iisnode.yml"), "x");
		assertThat(scan("*.js;iisnode.yml")).isNotEqualTo(before);
	}

	@Test
	void readingIsNoChange() throws IOException {
		Snapshot before = scan("*.js");
		Files.readString(this.folder.resolve("server.js"));
		assertThat(scan("*.js")).isEqualTo(before);
	}

	@Test
	void scriptIsSeenThoughNoPatternNamesIt() throws IOException {
		Snapshot before = scan("");
		TestFiles.append(this.folder.resolve("server.js"));
		assertThat(scan("")).isNotEqualTo(before);
	}

	@Test
	void patternsReachOtherFolders() throws IOException {
		Snapshot before = scan("lib\\*.js;../shared/*.json");
		TestFiles.write(this.folder.resolve("lib/x.js"), "x");
		Snapshot after = scan("lib\\*.js;../shared/*.json");
		assertThat(after).isNotEqualTo(before);
		TestFiles.write(this.folder.resolveSibling("shared").resolve("x.json"), "x");
		assertThat(scan("lib\\*.js;../shared/*.json")).isNotEqualTo(after);
	}

	@Test
	void ignoredFolderThatContainsTheApplicationIsNotHeeded() throws IOException {
		this.ignored = List.of(Path.of("."), this.root);
		assertThat(scan("*.js").part(1)).hasSize(1);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "symbolic links need a privilege")
	void ignoredFolderIsKnownBehindALink() throws IOException {
		Files.createDirectory(this.folder.resolve("iisnode"));
		Files.createSymbolicLink(this.folder.resolve("logs"), Path.of("iisnode"));
		Snapshot before = scan("**/*");
		TestFiles.write(this.folder.resolve("iisnode/x.txt"), "x");
		assertThat(scan("**/*")).isEqualTo(before);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no key of a file that would tell a replacement")
	void replacementOfTheSameSizeAndTimeIsSeen() throws IOException {
		Path script = this.folder.resolve("server.js");
		FileTime time = FileTime.fromMillis(499162500000L);
		Files.setLastModifiedTime(script, time);
		Snapshot before = scan("*.js");
		Files.delete(script);
		Files.writeString(script, "2");
		Files.setLastModifiedTime(script, time);
		assertThat(scan("*.js")).isNotEqualTo(before);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "symbolic links need a privilege")
	void linksInACircleAreWalkedOnce() throws IOException {
		TestFiles.write(this.folder.resolve("a/x.js"), "x");
		Files.createSymbolicLink(this.folder.resolve("a/up"), this.folder);
		Files.createSymbolicLink(this.folder.resolve("self.js"), Path.of("self.js"));
		Files.createSymbolicLink(this.folder.resolve("broken.js"), Path.of("none"));
		assertThat(scan("**/*.js").part(1)).containsOnlyKeys(this.folder.resolve("server.js"),
				this.folder.resolve("a/x.js"));
	}

	@Test
	void nothingThereIsNoFailure() {
		this.folder = this.folder.resolve("server.js/below/a/file");
		FolderScan scan = new FolderScan(files("*.js;**/*.js"), Snapshot.NONE, subscriptions());
		assertThat(scan.run().size()).isZero();
		assertThat(scan.failure()).isNull();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "symbolic links need a privilege")
	void whatCannotBeReadStaysAsItWas() throws IOException {
		TestFiles.write(this.folder.resolve("lib/x.js"), "x");
		Snapshot before = scan("lib/*.js");
		// A name that no file system takes stands for a share that does not answer
		TestFiles.delete(this.folder.resolve("lib"));
		Files.createSymbolicLink(this.folder.resolve("lib"), Path.of("x".repeat(300)));
		FolderScan scan = new FolderScan(files("lib/*.js"), before, subscriptions());
		assertThat(scan.run()).isEqualTo(before);
		assertThat(scan.failure()).isNotNull();
	}

	@Test
	void tenThousandFilesAreAllSeen() throws IOException {
		for (int i = 0; i < 10000; i++) {
			Path parent = this.folder.resolve("d" + i % 100);
			if (i < 100) {
				Files.createDirectory(parent);
			}
			Files.createFile(parent.resolve(i + ".js"));
		}
		Snapshot before = scan("**/*.js");
		assertThat(before.part(1)).hasSize(10001);
		TestFiles.append(this.folder.resolve("d42/4242.js"));
		assertThat(scan("**/*.js")).isNotEqualTo(before);
	}

	private Snapshot scan(String patterns) {
		FolderScan scan = new FolderScan(files(patterns), Snapshot.NONE, subscriptions());
		Snapshot snapshot = scan.run();
		assertThat(scan.failure()).isNull();
		return snapshot;
	}

	private WatchedFiles files(String patterns) {
		return WatchedFiles.of(Arrays.stream(patterns.split(";")).filter((pattern) -> !pattern.isEmpty()).toList(),
				this.folder, Path.of("server.js"), this.ignored);
	}

	private FolderSubscriptions subscriptions() {
		return new FolderSubscriptions(() -> {
		}, null, FileSystemKind::of);
	}

}
