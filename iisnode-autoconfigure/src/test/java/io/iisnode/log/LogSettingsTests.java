package io.iisnode.log;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LogSettings}.
 */
class LogSettingsTests {

	private static final Path DIRECTORY = Path.of("iisnode");

	@Test
	void folderIsBesideTheScript() {
		LogSettings settings = new LogSettings(true, DIRECTORY, 1024, 1024, 1);
		assertThat(settings.folder(Path.of("apps", "shop")))
			.isEqualTo(Path.of("apps", "shop", "iisnode").toAbsolutePath());
	}

	@Test
	void folderMayBeElsewhere() {
		Path elsewhere = Path.of("elsewhere").toAbsolutePath();
		assertThat(new LogSettings(true, elsewhere, 1024, 1024, 1).folder(Path.of("apps"))).isEqualTo(elsewhere);
		assertThat(new LogSettings(true, Path.of("..", "logs"), 1024, 1024, 1).folder(Path.of("apps")))
			.isEqualTo(Path.of("logs").toAbsolutePath());
	}

	@Test
	void aFileIsNeverLargerThanAllTogether() {
		assertThat(new LogSettings(true, DIRECTORY, 4096, 2048, 1).fileLimit()).isEqualTo(2048);
		assertThat(new LogSettings(true, DIRECTORY, 2048, 4096, 1).fileLimit()).isEqualTo(2048);
	}

	@Test
	void refusalsNameTheSetting() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LogSettings(true, Path.of(""), 1024, 1024, 1))
			.withMessage("log-directory must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> new LogSettings(true, DIRECTORY, 0, 1024, 1))
			.withMessage("max-log-file-size-in-kb must be at least 1 (1024 bytes), but is 0 bytes");
		assertThatIllegalArgumentException().isThrownBy(() -> new LogSettings(true, DIRECTORY, 1024, -1, 1))
			.withMessage("max-total-log-file-size-in-kb must be at least 1 (1024 bytes), but is -1 bytes");
		assertThatIllegalArgumentException().isThrownBy(() -> new LogSettings(true, DIRECTORY, 1024, 1024, 0))
			.withMessage("max-log-files must be at least 1, but is 0");
	}

}
