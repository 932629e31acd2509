package io.iisnode.watch;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FileSystemKind}.
 */
class FileSystemKindTests {

	@ParameterizedTest
	@CsvSource({ "ext4, LOCAL", "xfs, LOCAL", "btrfs, LOCAL", "tmpfs, LOCAL", "NTFS, LOCAL", "apfs, LOCAL",
			"ecryptfs, LOCAL", "overlay, LAYERED", "aufs, LAYERED", "fuse.fuse-overlayfs, LAYERED", "nfs, NETWORK",
			"nfs4, NETWORK", "cifs, NETWORK", "smb3, NETWORK", "smbfs, NETWORK", "9p, NETWORK", "fuse.sshfs, NETWORK",
			"fuseblk, NETWORK", "virtiofs, NETWORK", "vboxsf, NETWORK", "ceph, NETWORK" })
	void kindFollowsFromTheType(String type, FileSystemKind kind) {
		assertThat(FileSystemKind.ofType(type)).isEqualTo(kind);
	}

	@Test
	void shareIsKnownByItsPath() {
		assertThat(FileSystemKind.isUnc("\\\\server\\share\\app")).isTrue();
		assertThat(FileSystemKind.isUnc("\\\\?\\UNC\\server\\share\\app")).isTrue();
		assertThat(FileSystemKind.isUnc("\\\\localhost\\c$\\app")).isTrue();
		assertThat(FileSystemKind.isUnc("\\\\?\\C:\\app")).isFalse();
		assertThat(FileSystemKind.isUnc("C:\\app")).isFalse();
		assertThat(FileSystemKind.isUnc("/srv/app")).isFalse();
	}

	@Test
	@EnabledOnOs(OS.WINDOWS)
	void localFolderOfWindowsIsTold(@TempDir Path folder) {
		assertThat(FileSystemKind.of(folder)).isEqualTo(FileSystemKind.LOCAL);
	}

	@Test
	void missingFolderIsNotTrusted(@TempDir Path folder) {
		assertThat(FileSystemKind.of(folder.resolve("missing"))).isEqualTo(FileSystemKind.LAYERED);
	}

	@Test
	void otherFileSystemsThanTheDefaultOneArePolled(@TempDir Path folder) throws IOException {
		URI uri = URI.create("jar:" + folder.resolve("x.zip").toUri());
		try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
			assertThat(FileSystemKind.of(zip.getPath("/"))).isEqualTo(FileSystemKind.NETWORK);
		}
	}

}
