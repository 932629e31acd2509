package io.iisnode.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

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
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
	void anEndByASignalIsToldAsSuch() {
		assertThat(ProcessExit.inWords(137)).isEqualTo("signal 9 (SIGKILL)");
		assertThat(ProcessExit.inWords(143)).isEqualTo("signal 15 (SIGTERM)");
		assertThat(ProcessExit.inWords(128 + 64)).isEqualTo("signal 64");
		assertThat(ProcessExit.inWords(128 + 65)).isEqualTo("exit code 193");
	}

	@Test
	void anEndByItselfIsToldByItsCode() {
		assertThat(ProcessExit.inWords(1)).isEqualTo("exit code 1");
		assertThat(ProcessExit.inWords(128)).isEqualTo("exit code 128");
		assertThat(ProcessExit.inWords(-1073741510)).isEqualTo("exit code -1073741510");
	}

}
