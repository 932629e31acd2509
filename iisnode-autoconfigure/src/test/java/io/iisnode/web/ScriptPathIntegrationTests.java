package io.iisnode.web;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.application.NodeApplication;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Scripts found by path, in a host whose static resources lie in the same folder.
 */
class ScriptPathIntegrationTests {

	private static final String GREAT = "gr\u00f6\u00dfe.js";

	private static Path root;

	private static NodeHost host;

	/** Windows lets only administrators make them, and Wine nobody. */
	private static boolean links;

	@BeforeAll
	static void start(@TempDir Path folder) throws Exception {
		root = Files.createDirectory(folder.resolve("site")).toRealPath();
		Path outside = Files.createDirectory(folder.resolve("outside"));
		Files.writeString(outside.resolve("secret.js"), WhoAmI.SCRIPT);
		NodeHost.Builder builder = NodeHost.in(root)
			.script("hello.js", WhoAmI.SCRIPT)
			.script("my app.js", WhoAmI.SCRIPT)
			.script("shop/server.js", WhoAmI.SCRIPT)
			.script("x.js/app.js", WhoAmI.SCRIPT)
			.script("node_modules/x/index.js", WhoAmI.SCRIPT)
			.script("node_modules/x/package.json", WhoAmI.SECRET)
			.script(".git/x.js", WhoAmI.SCRIPT)
			.script(".git/config", WhoAmI.SECRET)
			.script("logs/x.js", WhoAmI.SCRIPT)
			.script("logs/host-1-stdout-1.txt", WhoAmI.SECRET)
			.script("assets/main.css", "body {}")
			.script("assets/a b.txt", "blank");
		links = !OS.WINDOWS.isCurrentOs();
		if (links) {
			Files.createSymbolicLink(root.resolve("in.js"), root.resolve("shop/server.js"));
			Files.createSymbolicLink(root.resolve("out.js"), outside.resolve("secret.js"));
			Files.createSymbolicLink(root.resolve("away"), outside);
		}
		host = builder.application("store", "shop/server.js", "/store/**")
			.with("iisnode.log-directory", "logs")
			.with("spring.web.resources.static-locations", root.toUri())
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@ParameterizedTest
	@CsvSource({ "/hello.js, hello.js", "/hello.js?x=1, hello.js", "/hello.js/, hello.js",
			"/shop/server.js/cart/%7e;y=/..?x=1&y=%20, shop/server.js", "/shop/server.js/.git/x.js, shop/server.js",
			"/hello.js/a//b, hello.js", "/my%20app.js, my app.js", "/h%65llo%2ejs, hello.js",
			"/x.js/app.js/info, x.js/app.js", "//shop///server.js, shop/server.js", "/hello.js?/../x=%2e, hello.js" })
	void scriptRunsByItsPathAndSeesTheWholeTarget(String target, String script) {
		WhoAmI answer = WhoAmI.of(host.get(target));
		assertThat(answer.script()).isEqualTo(root.resolve(script));
		assertThat(answer.target()).isEqualTo(target);
	}

	@Test
	void absoluteFormBecomesOriginForm() {
		assertThat(WhoAmI.of(host.get("http://test/hello.js/a?x=1")).target()).isEqualTo("/hello.js/a?x=1");
	}

	@Test
	void nameMayHaveAnyCharacterThatTheFileSystemTakes() throws Exception {
		Path script = encodable(GREAT);
		Files.writeString(script, WhoAmI.SCRIPT);
		WhoAmI answer = WhoAmI.of(host.get("/gr%C3%B6%C3%9Fe.js?x=%C3%A4"));
		assertThat(answer.script()).isEqualTo(script);
		assertThat(answer.target()).isEqualTo("/gr%C3%B6%C3%9Fe.js?x=%C3%A4");
	}

	private static Path encodable(String name) {
		Path path = null;
		try {
			path = root.resolve(name);
		}
		catch (InvalidPathException ex) {
			// The locale of the test does not know the characters.
		}
		assumeThat(path).isNotNull();
		return path;
	}

	@Test
	void scriptThatIsCreatedLaterRunsWithoutARestart() throws Exception {
		assertThat(host.get("/later.js").status()).isEqualTo(404);
		Files.writeString(root.resolve("later.js"), WhoAmI.SCRIPT);
		assertThat(WhoAmI.of(host.get("/later.js")).script()).isEqualTo(root.resolve("later.js"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/shop/../hello.js", "/../site/hello.js", "/shop/%2e%2e/hello.js", "/shop/..%2fhello.js",
			"/shop/%2e%2e%2fhello.js", "/..;/site/hello.js", "/shop/..;x/hello.js", "/./hello.js", "/%2e/hello.js",
			"/shop/./server.js", "/shop%2fserver.js", "/shop%2Fserver.js", "/shop%5cserver.js", "/shop\\server.js",
			"/shop%252fserver.js", "/shop/server%252ejs", "/hello.js%00", "/hello.js%00.css", "/hello%00.js",
			"/%00/hello.js", "/hello.js;x=1", "/hello.js;", "/shop;x=1/server.js", "/;x=1/hello.js", "/hello.js.",
			"/hello.js%20", "/hello.js%2e", "/hello.js::$DATA", "/HELLO.JS", "/hello.Js", "/file:hello.js",
			"/assets/../hello.js", "/assets/%2e%2e/hello.js", "/hello.js%c0%ae", "/shop%c0%afserver.js",
			"/webjars/../hello.js", "/shop%5c..%5chello.js", "/.//hello.js" })
	void otherSpellingNeitherRunsAScriptNorShowsItsSource(String target) {
		assertThatNothingIsSeen(target);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/node_modules/x/index.js", "/node_modules/x/package.json", "/Node_Modules/x/index.js",
			"/node_modules%2fx%2fpackage.json", "/node_modules//x/package.json", "/.git/x.js", "/.git/config",
			"/%2egit/config", "/assets/../.git/config", "/.git%2fconfig", "/.git/config;x", "/logs/x.js",
			"/logs/host-1-stdout-1.txt", "/logs%2fhost-1-stdout-1.txt", "/./logs/host-1-stdout-1.txt" })
	void hiddenFileIsNeitherRunNorServed(String target) {
		assertThatNothingIsSeen(target);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/out.js", "/away/secret.js", "/away/secret.js/x", "/../outside/secret.js",
			"/%2e%2e/outside/secret.js", "/..%2foutside%2fsecret.js" })
	void nothingOutsideTheRootIsRunOrServed(String target) {
		assertThatNothingIsSeen(target);
	}

	private static void assertThatNothingIsSeen(String target) {
		RawResponse response = host.get(target);
		assertThat(response.status()).as(response.body()).isEqualTo(404);
		assertThat(response.body()).doesNotContain(WhoAmI.SECRET);
	}

	@Test
	void hiddenFileLooksLikeOneThatDoesNotExist() {
		RawResponse hidden = host.get("/.git/config");
		RawResponse missing = host.get("/.git/none");
		assertThat(hidden.header("Content-Type")).isEqualTo(missing.header("Content-Type"));
		assertThat(shape(hidden)).isEqualTo(shape(missing)).contains("\"status\":404");
	}

	/**
	 * The body less what differs from request to request.
	 */
	private static String shape(RawResponse response) {
		return response.body().replaceAll("\"(timestamp|path|requestId)\":\"[^\"]*\"", "");
	}

	@Test
	void folderNamedLikeAScriptIsNone() {
		assertThat(host.get("/x.js").status()).isEqualTo(404);
		assertThat(host.get("/x.js/none.js").status()).isEqualTo(404);
	}

	@Test
	void linkToAnotherFolderDoesNotLeadOutByAnotherPath() {
		assertThat(host.get("/away/none.js").status()).isEqualTo(404);
	}

	@Test
	void oneApplicationServesAScriptWhateverLedToIt() {
		long pid = WhoAmI.of(host.get("/store/x")).pid();
		assertThat(WhoAmI.of(host.get("/shop/server.js")).pid()).isEqualTo(pid);
		assertThat(WhoAmI.of(host.get("/shop/server%2Ejs")).pid()).isEqualTo(pid);
		if (links) {
			assertThat(WhoAmI.of(host.get("/in.js/x")).pid()).isEqualTo(pid);
		}
		assertThat(host.manager().applications()).extracting(NodeApplication::name)
			.contains("store")
			.doesNotContain("shop:server.js", "in.js");
	}

	@ParameterizedTest
	@CsvSource({ "/assets/main.css, body {}", "/assets/a%20b.txt, blank", "/assets/../assets/main.css, ''" })
	void whatIsNoScriptIsLeftToStaticResources(String target, String content) {
		RawResponse response = host.get(target);
		assertThat(response.status()).isEqualTo(content.isEmpty() ? 404 : 200);
		assertThat(response.body()).contains(content);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/none", "/none.js", "/none.js/hello.js", "/assets", "/shop/" })
	void whatNobodyKnowsIsSpringsNotFound(String target) {
		RawResponse response = host.get(target);
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).contains("\"status\":404", "\"requestId\"");
	}

	/**
	 * Where the answer to a request is completed by another thread, Reactor Netty may
	 * forget to read the next one but one.
	 */
	@Test
	void requestsOneAfterAnotherAreAllAnswered() {
		for (int i = 0; i < 300; i++) {
			try (RawClient client = host.connect()) {
				assertThat(client.get("/a.js/" + i).status()).isEqualTo(404);
				assertThat(client.get("/x.js/" + i).status()).isEqualTo(404);
				assertThat(client.get("/assets/main.css").status()).isEqualTo(200);
				assertThat(client.get("/none").status()).isEqualTo(404);
			}
		}
	}

	@Test
	void thousandFoldersNamedLikeScriptsDoNoHarm() {
		try (RawClient client = host.connect()) {
			assertThat(client.get("/a.js".repeat(700)).status()).isEqualTo(404);
			assertThat(client.get("/x.js".repeat(700)).status()).isEqualTo(404);
			assertThat(WhoAmI.of(client.get("/hello.js" + "/a.js".repeat(700))).script())
				.isEqualTo(root.resolve("hello.js"));
		}
	}

}
