package io.iisnode.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;

import io.iisnode.web.ScriptPathResolver.NoScript;
import io.iisnode.web.ScriptPathResolver.Resolution;
import io.iisnode.web.ScriptPathResolver.Script;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which part of a path names a script, and which paths nobody may see.
 */
class ScriptPathResolverTests {

	private static final List<String> ALL = List.of("/**/*.js");

	private static final List<String> HIDDEN = List.of("node_modules", ".*", "iisnode");

	@TempDir
	private Path parent;

	private Path root;

	@BeforeEach
	void createFiles() throws Exception {
		this.root = Files.createDirectory(this.parent.resolve("root"));
		file("hello.js");
		file("shop/server.js");
		file("shop/server.mjs");
		file("x.js/app.js");
		file("node_modules/x/index.js");
		file("iisnode/out.txt");
		file(".git/config");
		file("assets/main.css");
		file("api/run");
		Files.writeString(this.parent.resolve("outside.js"), "");
	}

	private void file(String name) throws Exception {
		Path file = this.root.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, "");
	}

	// Candidates

	@ParameterizedTest
	@CsvSource({ "/hello.js, /hello.js", "/hello.js/, /hello.js", "/shop/server.js/cart, /shop/server.js",
			"/a.js/b/c.js/d, /a.js /a.js/b/c.js", "//hello.js, //hello.js", "/hello%2ejs, /hello%2ejs", "/, ''",
			"'', ''", "/assets/main.css, ''", "/hello.jsx, ''", "/HELLO.JS, ''", "/hello.js;x=1/a, /hello.js;x=1" })
	void leadingPartsThatMatchAreCandidates(String path, String expected) {
		assertThat(candidates(ALL, path)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "/apps/*.js, /apps/a.js/b.js, /apps/a.js", "/apps/*.js, /a.js, ''",
			"/run/server.js, /run/server.js/x, /run/server.js", "/run/server.js, /run/other/server.js, ''",
			"/cgi/*, /cgi/app/x, /cgi/app", "/{name}.mjs, /a.mjs, /a.mjs", "/{name:[a-z]+}.js, /A.js, ''",
			"/**, /a/b, /a /a/b" })
	void everyKindOfPatternFindsItsCandidates(String handler, String path, String expected) {
		assertThat(candidates(List.of(handler), path)).isEqualTo(expected);
	}

	@Test
	void severalPatternsAreAlternatives() {
		List<String> handlers = List.of("/a/*.js", "/b/*.mjs");
		assertThat(candidates(handlers, "/a/x.js")).isEqualTo("/a/x.js");
		assertThat(candidates(handlers, "/b/x.mjs")).isEqualTo("/b/x.mjs");
		assertThat(candidates(handlers, "/a/x.mjs")).isEmpty();
	}

	@Test
	void withoutPatternsThereAreNone() {
		assertThat(candidates(List.of(), "/hello.js")).isEmpty();
	}

	@Test
	void numberOfCandidatesIsBounded() {
		PathContainer path = PathContainer.parsePath("/a.js".repeat(1000));
		assertThat(resolver(ALL).candidates(path)).hasSizeBetween(4, 32);
	}

	// Scripts

	@Test
	void scriptIsFoundByItsPath() throws Exception {
		assertThat(script("/shop/server.js/cart")).isEqualTo(real("shop/server.js"));
		assertThat(script("/hello%2ejs")).isEqualTo(real("hello.js"));
	}

	@Test
	void folderNamedLikeAScriptIsNone() throws Exception {
		assertThat(resolve("/x.js")).isSameAs(NoScript.NOTHING);
		assertThat(resolve("/x.js/other")).isSameAs(NoScript.NOTHING);
		assertThat(script("/x.js/app.js/info")).isEqualTo(real("x.js/app.js"));
	}

	@Test
	void nothingIsLookedForBelowAFileThatIsNotThere() {
		assertThat(resolve("/none.js/hello.js")).isSameAs(NoScript.NOTHING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/none.js", "/shop%2Fserver.js", "/shop/..%2fhello.js", "/shop/../hello.js",
			"/%2e%2e/outside.js", "/./hello.js", "/hello.js;x=1", "/hello%00.js", "/c:hello.js" })
	void otherSpellingsFindNoScript(String path) {
		assertThat(resolve(path)).isSameAs(NoScript.NOTHING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/node_modules/x/index.js", "//node_modules/x/index.js" })
	void hiddenScriptIsForbidden(String path) {
		assertThat(resolve(path)).isSameAs(NoScript.FORBIDDEN);
	}

	@Test
	void linkIsFollowedBelowTheRootOnly() throws Exception {
		Files.createSymbolicLink(this.root.resolve("in.js"), this.root.resolve("shop/server.js"));
		Files.createSymbolicLink(this.root.resolve("out.js"), this.parent.resolve("outside.js"));
		Files.createSymbolicLink(this.root.resolve("module.js"), this.root.resolve("node_modules/x/index.js"));
		Files.createSymbolicLink(this.root.resolve(".dot.js"), this.root.resolve("hello.js"));
		assertThat(script("/in.js")).as("the link stays").isEqualTo(this.root.resolve("in.js"));
		assertThat(resolve("/out.js")).isSameAs(NoScript.FORBIDDEN);
		assertThat(resolve("/module.js")).isSameAs(NoScript.FORBIDDEN);
		assertThat(resolve("/.dot.js")).isSameAs(NoScript.FORBIDDEN);
	}

	@Test
	void rootMayBeALinkAndBelowHiddenNames() throws Exception {
		Path hidden = Files.createDirectories(this.parent.resolve(".hidden/node_modules"));
		Files.writeString(hidden.resolve("a.js"), "");
		Path link = Files.createSymbolicLink(this.parent.resolve("link"), hidden);
		ScriptPathResolver resolver = new ScriptPathResolver(link, ALL, HIDDEN);
		PathContainer path = PathContainer.parsePath("/a.js");
		assertThat(resolver.resolve(resolver.candidates(path))).isEqualTo(new Script(path, link.resolve("a.js")));
	}

	@Test
	void whatIsForbiddenIsNotTakenForWhatIsNotThere() {
		assertThat(resolve("/node_modules/x/index.js")).isNotEqualTo(resolve("/none.js"));
	}

	@Test
	void withoutRootThereIsNothing() {
		ScriptPathResolver resolver = new ScriptPathResolver(this.parent.resolve("none"), ALL, HIDDEN);
		PathContainer path = PathContainer.parsePath("/a.js");
		assertThat(resolver.resolve(resolver.candidates(path))).isSameAs(NoScript.NOTHING);
	}

	// What must not be served

	@ParameterizedTest
	@ValueSource(strings = { "/hello.js", "//hello.js", "/./hello.js", "/%2e/hello.js", "/shop/../hello.js",
			"/shop%2Fserver.js", "/shop%5cserver.js", "/hello.js;x=1", "/;a/hello.js", "/hello.js.", "/hello.js%20",
			"/hello.js::$DATA", "/node_modules/x/index.js", "/iisnode/out.txt", "/.git/config", "/%2egit/config",
			"/assets/../.git/config" })
	void noSpellingOfAScriptOrAHiddenFileIsServed(String path) {
		SourceGuard guard = resolver(ALL).guard(List.of());
		assertThat(guard.isSuspicious(PathContainer.parsePath(path))).isTrue();
		assertThat(guard.isProtected(PathContainer.parsePath(path))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/HELLO.JS", "/NODE_MODULES/x/package.json", "/IisNode/x" })
	void otherCaseIsSuspicious(String path) {
		assertThat(resolver(ALL).guard(List.of()).isSuspicious(PathContainer.parsePath(path))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "", "/assets/main.css", "/assets/", "/shop/server.mjs", "/shop/cart", "/api/run" })
	void othersGetWhatIsNoScriptWithoutALookAtFiles(String path) {
		assertThat(resolver(ALL).guard(List.of()).isSuspicious(PathContainer.parsePath(path))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/none.js", "/../outside.js", "/my%20file.txt", "/%00", "/assets/../assets/main.css",
			"/x.js", "/.well-known/none" })
	void othersGetWhatIsNeitherAScriptNorHidden(String path) {
		assertThat(resolver(ALL).guard(List.of()).isProtected(PathContainer.parsePath(path))).isFalse();
	}

	@Test
	void otherLinkToAScriptIsProtected() throws Exception {
		Files.createSymbolicLink(this.root.resolve("a b.txt"), this.root.resolve("hello.js"));
		assertThat(resolver(ALL).guard(List.of()).isProtected(PathContainer.parsePath("/a%20b.txt"))).isTrue();
	}

	@Test
	void entryFileOfAnApplicationIsProtectedWithoutAPattern() {
		Path entry = this.root.resolve("shop/server.mjs");
		SourceGuard guard = resolver(List.of()).guard(List.of(entry, this.root.resolve("none.js")));
		PathContainer path = PathContainer.parsePath("/shop/server.mjs");
		assertThat(guard.isSuspicious(path)).isTrue();
		assertThat(guard.isProtected(path)).isTrue();
		assertThat(guard.isSuspicious(PathContainer.parsePath("/hello.js"))).isFalse();
	}

	@Test
	void fileWithAPercentSignIsComparedAsItIs() throws Exception {
		file("50%25.js");
		SourceGuard guard = resolver(ALL).guard(List.of());
		assertThat(guard.isProtected(PathContainer.parsePath("/50%2525.js"))).isTrue();
	}

	private String candidates(List<String> handlers, String path) {
		return String.join(" ",
				resolver(handlers).candidates(PathContainer.parsePath(path))
					.stream()
					.map(PathContainer::value)
					.toList());
	}

	private Path script(String path) {
		return ((Script) resolve(path)).file();
	}

	private Resolution resolve(String path) {
		ScriptPathResolver resolver = resolver(ALL);
		return resolver.resolve(resolver.candidates(PathContainer.parsePath(path)));
	}

	private ScriptPathResolver resolver(List<String> handlers) {
		return new ScriptPathResolver(this.root, handlers, HIDDEN);
	}

	private Path real(String name) throws Exception {
		return this.root.resolve(name).toRealPath();
	}

}
