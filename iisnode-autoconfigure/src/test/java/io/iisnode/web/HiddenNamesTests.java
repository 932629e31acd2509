package io.iisnode.web;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names that are never run or served by path.
 */
class HiddenNamesTests {

	private final HiddenNames names = new HiddenNames(List.of("node_modules", ".*", "Logs", "*.secret"));

	@ParameterizedTest
	@ValueSource(strings = { "node_modules", "NODE_Modules", ".git", ".env", "logs", "LOGS", "a.Secret" })
	void globsMatchInAnyCase(String name) {
		assertThat(this.names.contains(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "node_module", "git", "a.git", "log", "secret" })
	void otherNamesAreNotHidden(String name) {
		assertThat(this.names.contains(name)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "node_modules/x/index.js", "a/.git/x", "a/b/c.secret" })
	void pathIsHiddenByAnyOfItsNames(String path) {
		assertThat(this.names.hide(Path.of(path))).isTrue();
		assertThat(this.names.hide(Path.of("a/b/c"))).isFalse();
	}

}
