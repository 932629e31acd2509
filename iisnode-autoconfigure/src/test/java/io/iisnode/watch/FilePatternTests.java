package io.iisnode.watch;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link FilePattern}.
 */
class FilePatternTests {

	@ParameterizedTest
	@CsvSource({ "*.js, server.js", "*.js, .js", "serv?r.js, server.js", "iisnode.yml, iisnode.yml", "*.*, LICENSE",
			"*, a", "[id].js, [id].js", "a(b)+{c}.js, a(b)+{c}.js", "./x.js, x.js", "src/**/*.js, x.js",
			"src/**/*.js, a/b/x.js", "src/**, a/b/c", "**/test/*.js, a/test/x.js", "**/test/*.js, test/x.js",
			"a*/**/*.js, ab/c/x.js" })
	void matches(String pattern, String path) {
		assertThat(matchesPath(pattern, path)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "*.js, server.jsx", "*.js, a/server.js", "server.js, a/server.js", "serv?r.js, servr.js",
			"[id].js, i.js", "a.js, abjs", "src/**/*.js, a/b/x.ts", "**/test/*.js, a/test/b/x.js",
			"**/test/*.js, atest/x.js" })
	void doesNotMatch(String pattern, String path) {
		assertThat(matchesPath(pattern, path)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.js~", ".server.js.swp", "4913", ".#server.js", "#server.js#", "upload.part",
			"server.js___jb_tmp___", ".DS_Store" })
	void wildcardDoesNotMatchTemporaryFile(String name) {
		assertThat(matchesPath("*", name)).isFalse();
		assertThat(matchesPath("**/*", name)).isFalse();
		assertThat(matchesPath(name, name)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "*~, server.js~", "*.swp, .server.js.swp", ".#*, .#server.js", "lib/**/*.tmp, x.tmp" })
	void patternOfTemporaryFilesMatchesThem(String pattern, String name) {
		assertThat(matchesPath(pattern, name)).isTrue();
	}

	@Test
	void foldersBeforeTheFirstWildcardAreWhereTheSearchStarts() {
		assertThat(FilePattern.parse("*.js").folder()).isEqualTo(Path.of(""));
		assertThat(FilePattern.parse("lib\\deep/*.js").folder()).isEqualTo(Path.of("lib", "deep"));
		assertThat(FilePattern.parse("..\\shared\\x.js").folder()).isEqualTo(Path.of("..", "shared"));
		assertThat(FilePattern.parse("src/**/*.js").folder()).isEqualTo(Path.of("src"));
	}

	@Test
	void onlyTwoAsterisksAreRecursive() {
		assertThat(FilePattern.parse("lib/*.js").descends("a")).isFalse();
		assertThat(FilePattern.parse("lib/**/*.js").descends("a")).isTrue();
	}

	@Test
	void recursionPassesOverWhatIsNotTheApplicationUnlessNamed() {
		assertThat(FilePattern.parse("**/*.js").descends("node_modules")).isFalse();
		assertThat(FilePattern.parse("**/*.js").descends(".git")).isFalse();
		assertThat(FilePattern.parse("**/node_modules/**").descends("node_modules")).isTrue();
		assertThat(FilePattern.parse("**/.next/*.js").descends(".next")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/etc/*.js", "\\x.js", "C:\\x.js", "c:x.js", "lib/", "..", "lib/..", ".", "lib/*/x.js",
			"**.js", "src/**/../x.js", "a\0b.js" })
	void invalidPatternIsNamedWithItsSetting(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> FilePattern.parse(pattern))
			.withMessageStartingWith("watched-files: '" + pattern + "' ");
	}

	private static boolean matchesPath(String pattern, String path) {
		return FilePattern.parse(pattern).matches(path, path.substring(path.lastIndexOf('/') + 1));
	}

}
