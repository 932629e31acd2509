package io.iisnode.process;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NodeVersion}.
 */
class NodeVersionTests {

	@ParameterizedTest
	@ValueSource(strings = { "v20.0.0", "v20.11.1", "v22.3.0", "v100.0.0", "v24.0.0-nightly2025", "", "unknown" })
	void newOnesAndThoseNotUnderstoodAreSupported(String version) {
		assertThat(NodeVersion.isSupported(version)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "v0.10.48", "v6.0.0", "v16.20.2", "v19.9.0", "v18.0.0-pre" })
	void oldOnesAreNot(String version) {
		assertThat(NodeVersion.isSupported(version)).isFalse();
	}

	@Test
	void anExecutableTellsItsVersion() {
		assertThat(ask(List.of("node"))).matches("v\\d+\\.\\d+\\.\\d+.*");
	}

	@Test
	void anExecutableThatIsNotNodeTellsNone() {
		String java = ProcessHandle.current().info().command().orElse("java");
		assertThat(ask(List.of(java, "-version"))).isNull();
		assertThat(ask(List.of("no-such-executable"))).isNull();
	}

	private static @Nullable String ask(List<String> command) {
		return NodeVersion.ask(ProcessLauncher.jdk(), command, Path.of(System.getProperty("java.io.tmpdir")));
	}

}
