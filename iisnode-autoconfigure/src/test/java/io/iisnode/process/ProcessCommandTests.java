package io.iisnode.process;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProcessCommand} and {@link ProcessExit}.
 */
class ProcessCommandTests {

	@Test
	void argumentsWithBlanksAreShownInQuotes() {
		ProcessCommand command = new ProcessCommand(List.of("C:\\Program Files\\node.exe", "--title=x", "a b.js"),
				Path.of("."), Map.of());
		assertThat(command.display()).isEqualTo("\"C:\\Program Files\\node.exe\" --title=x \"a b.js\"");
	}

	@Test
	void anEndByASignalIsToldAsSuch() {
		assertThat(exit(137).reason()).isEqualTo("signal 9");
		assertThat(exit(143).reason()).isEqualTo("signal 15");
		assertThat(exit(1).reason()).isEqualTo("exit code 1");
		assertThat(exit(128).reason()).isEqualTo("exit code 128");
		assertThat(exit(-1073741510).reason()).isEqualTo("exit code -1073741510");
	}

	private static ProcessExit exit(int code) {
		return new ProcessExit(1, code, false, Instant.now(), "");
	}

}
