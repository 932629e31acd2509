package io.iisnode.watch.windows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.watch.FileWatcher;
import io.iisnode.watch.Watch;
import io.iisnode.watch.WatchSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Drives of a Windows machine.
 */
@EnabledOnOs(OS.WINDOWS)
class NetworkDrivesIntegrationTests {

	/** Made by {@code .ci/windows}; elsewhere there may be none. */
	private static final Path NETWORK_DRIVE = Path.of("N:\\");

	@Test
	void aLocalDiskIsNone(@TempDir Path folder) {
		assertThat(NetworkDrives.contains(folder)).isFalse();
		assertThat(NetworkDrives.contains(Path.of("C:\\"))).isFalse();
	}

	@Test
	void aFolderOnADriveOfTheNetworkIsPolled() throws Exception {
		assumeThat(Files.isDirectory(NETWORK_DRIVE)).as("there is such a drive").isTrue();
		Path folder = Files.createTempDirectory(NETWORK_DRIVE, "app");
		assertThat(NetworkDrives.contains(folder)).isTrue();
		try (FileWatcher watcher = new FileWatcher(NetworkDrives::contains)) {
			WatchSettings settings = new WatchSettings(List.of("*.js"), Duration.ofSeconds(5), Duration.ofMillis(10),
					Duration.ofSeconds(1));
			Watch watch = watcher.watch(settings, folder, Path.of("app.js"), List.of(), (files) -> {
			});
			assertThat(watch.isPolling()).isTrue();
		}
		finally {
			Files.delete(folder);
		}
	}

}
