package io.iisnode.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

class PrivateFolderTests {

	static final String PREFIX = "test-";

	@TempDir
	private Path parent;

	private Path deadFolder(String name) throws IOException {
		Path folder = Files.createDirectory(this.parent.resolve(PREFIX + name));
		Files.createFile(folder.resolve("host-1-2"));
		Files.createFile(folder.resolve("agent.cjs"));
		return folder;
	}

	@Test
	void closeRemovesTheFolderAndItsFiles() throws Exception {
		PrivateFolder folder = PrivateFolder.create(this.parent, PREFIX);
		Files.createFile(folder.path().resolve("any"));
		folder.close();
		assertThat(this.parent).isEmptyDirectory();
		folder.close();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there, the folder above decides who may enter")
	void isMadeAgainPrivateAfterACleaner() throws Exception {
		try (PrivateFolder folder = PrivateFolder.create(this.parent, PREFIX)) {
			folder.restore();
			FileSystemUtils.deleteRecursively(folder.path());
			folder.restore();
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
				.isEqualTo("rwx------");
			assertThat(folder.path()).isEmptyDirectory();
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there, the folder above decides who may enter")
	void isNotUsedAgainIfOthersMayEnterOrItIsElsewhere() throws Exception {
		try (PrivateFolder folder = PrivateFolder.create(this.parent, PREFIX)) {
			Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwx--x---"));
			assertThatIOException().isThrownBy(folder::restore).withMessageContaining("no longer private");
			FileSystemUtils.deleteRecursively(folder.path());
			Path elsewhere = Files.createDirectory(this.parent.resolve("elsewhere"),
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			Files.createSymbolicLink(folder.path(), elsewhere);
			assertThatIOException().isThrownBy(folder::restore).withMessageContaining("no longer private");
			Files.delete(folder.path());
		}
	}

	@Test
	void deletesAFileAndThoseThatBelongToIt() throws Exception {
		try (PrivateFolder folder = PrivateFolder.create(this.parent, PREFIX)) {
			Path file = Files.createFile(folder.path().resolve("-a_b"));
			Path side = Files.createFile(folder.path().resolve("-a_b.1"));
			Path other = Files.createFile(folder.path().resolve("-a_bc"));
			folder.delete(file);
			assertThat(file).doesNotExist();
			assertThat(side).doesNotExist();
			assertThat(other).exists();
			assertThatIllegalArgumentException().isThrownBy(() -> folder.delete(this.parent.resolve("file")));
		}
	}

	/**
	 * The first one must still be locked after the second one has looked at it, as a host
	 * in another JVM may look next.
	 */
	@Test
	void foldersOfThisJvmStay() throws Exception {
		try (PrivateFolder one = PrivateFolder.create(this.parent, PREFIX);
				PrivateFolder two = PrivateFolder.create(this.parent, PREFIX)) {
			assertThat(run("gone")).isZero();
			assertThat(one.path()).exists();
			assertThat(two.path()).exists();
		}
	}

	@Test
	void folderOfAnotherJvmStaysUntilItIsKilled() throws Exception {
		Process other = start("stay");
		Path folder;
		try (BufferedReader output = other.inputReader(StandardCharsets.UTF_8)) {
			folder = Path.of(output.readLine());
			PrivateFolder.create(this.parent, PREFIX).close();
			assertThat(folder).isDirectory();
		}
		finally {
			other.destroyForcibly();
		}
		assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(folder).as("nobody is there to remove it").isDirectory();
		PrivateFolder.create(this.parent, PREFIX).close();
		assertThat(this.parent).isEmptyDirectory();
	}

	private int run(String what) throws Exception {
		Process process = start(what);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		return process.exitValue();
	}

	private Process start(String what) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "-Xmx64m",
				"-XX:TieredStopAtLevel=1", PrivateFolderHost.class.getName(), this.parent.toString(), what)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	@Test
	void folderOfADeadHostIsRemoved() throws Exception {
		Path dead = deadFolder("dead");
		PrivateFolder.create(this.parent, PREFIX).close();
		assertThat(dead).doesNotExist();
	}

	@Test
	void folderWithoutALockIsThatOfAHostWhichIsStarting() throws Exception {
		Path empty = Files.createDirectory(this.parent.resolve(PREFIX + "empty"));
		Path starting = Files.createDirectory(this.parent.resolve(PREFIX + "starting"));
		Files.createFile(starting.resolve("new-host"));
		PrivateFolder.create(this.parent, PREFIX).close();
		assertThat(empty).exists();
		assertThat(starting).exists();
	}

	@Test
	void foldersOfOtherNamesAndOtherFilesStay() throws Exception {
		Path other = Files.createDirectory(this.parent.resolve("other"));
		Files.createFile(other.resolve("host-1-2"));
		Path file = Files.createFile(this.parent.resolve(PREFIX + "file"));
		Path foreign = Files.createFile(deadFolder("dead").resolve("letter.txt"));
		PrivateFolder.create(this.parent, PREFIX).close();
		assertThat(other).isNotEmptyDirectory();
		assertThat(file).exists();
		assertThat(foreign).exists();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a right for symbolic links")
	void symbolicLinksAreNotFollowed() throws Exception {
		Path elsewhere = Files.createDirectory(this.parent.resolve("elsewhere"));
		Files.createFile(elsewhere.resolve("host-1-2"));
		Files.createFile(elsewhere.resolve("important.cjs"));
		Path link = Files.createSymbolicLink(this.parent.resolve(PREFIX + "link"), elsewhere);
		Path dead = Files.createDirectory(this.parent.resolve(PREFIX + "dead"));
		Path victim = Files.createFile(this.parent.resolve("victim"));
		Files.createSymbolicLink(dead.resolve("host-1-2"), victim);
		PrivateFolder.create(this.parent, PREFIX).close();
		assertThat(elsewhere.resolve("important.cjs")).exists();
		assertThat(link).exists();
		assertThat(victim).exists();
		assertThat(dead).exists();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the superuser of Unix gives files away")
	void folderOfAnotherUserStays() throws Exception {
		assumeThat(System.getProperty("user.name")).isEqualTo("root");
		Path dead = deadFolder("dead");
		Files.setOwner(dead, dead.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
		PrivateFolder.create(this.parent, PREFIX).close();
		assertThat(dead.resolve("agent.cjs")).exists();
	}

	@Test
	void oneThatCannotBeMadeLeavesNothing() throws Exception {
		Path file = Files.createFile(this.parent.resolve("file"));
		assertThatIOException().isThrownBy(() -> PrivateFolder.create(file, PREFIX));
		try (Stream<Path> files = Files.list(this.parent)) {
			assertThat(files).containsExactly(file);
		}
	}

}
