package io.iisnode.web;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which file names a URL path stands for.
 */
class FileNameTests {

	@ParameterizedTest
	@ValueSource(strings = { "server.js", "my app.js", "gr\u00f6\u00dfe.js", "...", ".env", "a~1", "%2e" })
	void plainNameStandsForItself(String name) {
		assertThat(FileName.of(name, false)).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "a/b", "a\\b", "..\\a", "a\0.js", "C:", "server.js::$DATA" })
	void nameThatLeadsElsewhereIsNone(String name) {
		assertThat(FileName.of(name, false)).isNull();
		assertThat(FileName.of(name, true)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.js.", "server.js ", "v1.", "CON", "con.js", "Nul.js", "AUX.min.js", "com1.js",
			"LPT9", "prn .js", "conin$", "COM\u00b9.js" })
	void nameThatWindowsReadsInAnotherWayIsNoneThere(String name) {
		assertThat(FileName.of(name, true)).isNull();
		assertThat(FileName.of(name, false)).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "console.js", "auxiliary.js", "nullable.js", "com.js", "com10.js", "lpt.js", "x.con" })
	void nameThatOnlyLooksLikeADeviceIsPlain(String name) {
		assertThat(FileName.of(name, true)).isEqualTo(name);
	}

	@Test
	void segmentWithParametersIsNone() {
		assertThat(FileName.of(segment("/server.js"))).isEqualTo("server.js");
		assertThat(FileName.of(segment("/my%20app.js"))).isEqualTo("my app.js");
		assertThat(FileName.of(segment("/server.js;x=1"))).isNull();
		assertThat(FileName.of(segment("/server.js;"))).isNull();
		assertThat(FileName.of(segment("/server%3b.js"))).isEqualTo("server;.js");
	}

	@ParameterizedTest
	@ValueSource(strings = { "main.css", "main.abc-1_2.min.js", "a" })
	void nameThatEverybodyReadsTheSameIsPlain(String name) {
		assertThat(FileName.isPlain(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { ".git", "a.", "..", ".", "a b", "a~1", "a:b", "a%2e", "a/b", "a\\b", "\u00e4", "a\0",
			"a;b", "a*" })
	void nameThatSomebodyMayReadInAnotherWayIsNotPlain(String name) {
		assertThat(FileName.isPlain(name)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "/shop/server.js, shop/server.js", "//shop///server.js, shop/server.js",
			"/shop%2Fserver.js, shop/server.js", "/shop%5cserver.js, shop/server.js", "/./a/../b, ./a/../b",
			"/shop;x=1/server.js;y, shop/server.js", "/server.js%20., server.js", "/server.js::$DATA, server.js",
			"/a./b%20/c, a/b/c", "/%2e%2e/a, ../a", "/server%252ejs, server%2ejs", "/, ''", "'', ''" })
	void looseReadingIsThatOfAForgivingServer(String path, String expected) {
		assertThat(FileName.loosely(PathContainer.parsePath(path))).isEqualTo(expected);
	}

	private static PathContainer.PathSegment segment(String path) {
		return (PathContainer.PathSegment) PathContainer.parsePath(path).elements().get(1);
	}

}
