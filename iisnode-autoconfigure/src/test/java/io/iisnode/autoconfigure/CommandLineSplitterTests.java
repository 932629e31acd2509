package io.iisnode.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CommandLineSplitterTests {

	@ParameterizedTest
	@MethodSource
	void splits(String line, List<String> parts) {
		assertThat(CommandLineSplitter.split(line)).isEqualTo(parts);
	}

	static Stream<Arguments> splits() {
		return Stream.of(Arguments.of("node", List.of("node")),
				Arguments.of("  node   --inspect\t-p 1 ", List.of("node", "--inspect", "-p", "1")),
				Arguments.of("\"C:\\Program Files\\nodejs\\node.exe\" --trace-warnings",
						List.of("C:\\Program Files\\nodejs\\node.exe", "--trace-warnings")),
				Arguments.of("C:\\nodejs\\node.exe", List.of("C:\\nodejs\\node.exe")),
				Arguments.of("node --title=\"my app\" x", List.of("node", "--title=my app", "x")),
				Arguments.of("node \"\" x", List.of("node", "", "x")),
				Arguments.of("node -e \\\"a\\\"", List.of("node", "-e", "\"a\"")),
				Arguments.of("node 'a b'", List.of("node", "'a", "b'")), Arguments.of("node \\", List.of("node", "\\")),
				Arguments.of("", List.of()), Arguments.of("   ", List.of()));
	}

	@Test
	void refusesQuoteThatIsNotClosed() {
		assertThatIllegalArgumentException().isThrownBy(() -> CommandLineSplitter.split("\"C:\\Program Files\\node"))
			.withMessageContaining("not closed");
	}

}
