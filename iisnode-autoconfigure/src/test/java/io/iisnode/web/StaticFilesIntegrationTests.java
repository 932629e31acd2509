package io.iisnode.web;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Files beside an application: <code>static-locations</code> and
 * <code>accel-locations</code>.
 */
class StaticFilesIntegrationTests {

	/**
	 * Tells what it was asked for; /x?file=… hands off a file.
	 */
	private static final String SCRIPT = """
			require('http').createServer((req, res) => {
			  const url = new URL(req.url, 'http://a');
			  const file = url.searchParams.get('file');
			  if (file !== null) {
			    res.setHeader('X-Accel-Redirect', file);
			    res.setHeader('X-Accel-Buffering', 'no');
			    res.setHeader('X-Own', 'yes');
			    if (url.searchParams.get('type')) res.setHeader('Content-Type', url.searchParams.get('type'));
			    res.statusCode = Number(url.searchParams.get('status') ?? 200);
			    if (url.searchParams.get('body') === 'endless') {
			      res.write('not for you');
			      return;
			    }
			    if (url.searchParams.get('body') === 'stream') {
			      res.write('not for you');
			      setTimeout(() => res.end('nor this'), 100);
			      return;
			    }
			    res.end(url.searchParams.get('body') ?? '');
			    return;
			  }
			  res.end('node ' + req.method + ' ' + req.url);
			}).listen(process.env.PORT);
			""";

	/**
	 * More than a connection holds while nobody reads.
	 */
	private static final int HUGE = 40_000_000;

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() throws IOException {
		// The JVM would keep the archive open, and Windows then lets nobody delete it.
		URLConnection.setDefaultUseCaches("jar", false);
		Files.createDirectories(root.resolve("shop/private/deep"));
		Files.writeString(root.resolve("shop/private/a b.txt"), "a private text");
		Files.writeString(root.resolve("shop/private/deep/page.html"), "<p>");
		Files.writeString(root.resolve("shop/private/.secret"), "hidden");
		Files.write(root.resolve("shop/private/large.bin"), new byte[3_000_000]);
		try (RandomAccessFile huge = new RandomAccessFile(root.resolve("shop/private/huge.bin").toFile(), "rw")) {
			huge.setLength(HUGE);
		}
		Files.writeString(root.resolve("shop/outside.txt"), "outside");
		archive(root.resolve("assets.jar"), "assets/app.css", "assets/node_modules/x.js", "assets/.git/config",
				"assets/sub/.env", "outside.txt");
		host = NodeHost.in(root)
			.script("shop/server.js", SCRIPT)
			.script("shop/public/style.css", "p { color: red }")
			.script("shop/public/sub/client.js", "alert('client');")
			.script("shop/public/.env", "SECRET=1")
			.script("shop/public/node_modules/a.js", "a")
			.application("shop", "shop/server.js", "/shop/**")
			.with("iisnode.applications.shop.static-locations", "public")
			.with("iisnode.applications.shop.static-cache-period", "1h")
			.with("iisnode.applications.shop.accel-locations", "private")
			.application("all", "shop/server.js", "/**")
			.with("iisnode.applications.all.static-locations", "public/sub, classpath:/META-INF/spring/")
			.application("jar", "shop/server.js", "/jar/**")
			.with("iisnode.applications.jar.static-locations",
					"jar:" + root.resolve("assets.jar").toUri() + "!/assets/")
			.application("moving", "shop/server.js", "/moving/**")
			.with("iisnode.applications.moving.static-locations", "moving")
			.with("iisnode.applications.moving.accel-locations", "moving")
			.application("hasty", "shop/server.js", "/hasty/**")
			.with("iisnode.applications.hasty.accel-locations", "private")
			.with("iisnode.applications.hasty.idle-timeout", "200ms")
			.application("endless", "shop/server.js", "/endless/**")
			.with("iisnode.applications.endless.accel-locations", "private")
			.start();
	}

	private static void archive(Path file, String... names) throws IOException {
		try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
			for (String name : names) {
				jar.putNextEntry(new JarEntry(name));
				jar.write("archived".getBytes(StandardCharsets.US_ASCII));
			}
		}
	}

	@AfterAll
	static void stop() {
		host.close();
		URLConnection.setDefaultUseCaches("jar", true);
	}

	private static RawResponse send(String method, String target, String... fields) {
		try (RawClient client = host.connect()) {
			client.send(method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields)
					+ ((fields.length > 0) ? "\r\n\r\n" : "\r\n"));
			return method.equals("HEAD") ? client.responseToHead() : client.response();
		}
	}

	@Test
	void fileIsServedFirstWithValidatorsAndCacheHeaders() {
		RawResponse response = host.get("/shop/style.css?v=1");
		assertThat(response.body()).isEqualTo("p { color: red }");
		assertThat(response.header("Content-Type")).hasValue("text/css");
		assertThat(response.header("Content-Length")).hasValue("16");
		assertThat(response.header("Cache-Control")).hasValue("max-age=3600");
		assertThat(response.header("Accept-Ranges")).hasValue("bytes");
		String etag = response.header("ETag").orElseThrow();
		String modified = response.header("Last-Modified").orElseThrow();
		assertThat(send("GET", "/shop/style.css", "If-None-Match: " + etag).status()).isEqualTo(304);
		assertThat(send("GET", "/shop/style.css", "If-Modified-Since: " + modified).status()).isEqualTo(304);
		assertThat(host.get("/shop/sub/client.js").body()).isEqualTo("alert('client');");
		assertThat(host.get("/client.js").body()).isEqualTo("alert('client');");
		assertThat(host.get("/client.js").header("Cache-Control")).isEmpty();
	}

	@Test
	void rangesAndHeadAreServed() {
		RawResponse range = send("GET", "/shop/style.css", "Range: bytes=4-8");
		assertThat(range.status()).isEqualTo(206);
		assertThat(range.body()).isEqualTo("color");
		assertThat(range.header("Content-Range")).hasValue("bytes 4-8/16");
		RawResponse head = send("HEAD", "/shop/style.css");
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("Content-Length")).hasValue("16");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/shop/missing.css", "/shop/", "/shop/sub", "/shop/sub/", "/shop/server.js", "/shop/.env",
			"/shop/%2eenv", "/shop/node_modules/a.js", "/shop/../server.js", "/shop/%2e%2e/server.js",
			"/shop/..%2fserver.js", "/shop/sub/..%5c..%5cserver.js", "/shop//etc/passwd", "/shop/sub/../../server.js",
			"/shop/file:/etc/passwd", "/shop/style.css%00" })
	void whatIsNoFileGoesToNode(String target) {
		assertThat(host.get(target).body()).isEqualTo("node GET " + target);
	}

	@Test
	void otherMethodsGoToNode() {
		assertThat(send("POST", "/shop/style.css", "Content-Length: 0").body()).isEqualTo("node POST /shop/style.css");
		assertThat(send("OPTIONS", "/shop/style.css").body()).isEqualTo("node OPTIONS /shop/style.css");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Links need a privilege there")
	void linkOutOfTheFolderLeadsNowhere() throws IOException {
		Files.createSymbolicLink(root.resolve("shop/public/link.js"), root.resolve("shop/server.js"));
		Files.createSymbolicLink(root.resolve("shop/private/link.txt"), root.resolve("shop/outside.txt"));
		assertThat(host.get("/shop/link.js").body()).isEqualTo("node GET /shop/link.js");
		assertThat(host.get("/shop/x?file=link.txt").status()).isEqualTo(404);
	}

	@Test
	void resourcesOfTheClassPathAreServed() {
		RawResponse response = host.get("/org.springframework.boot.autoconfigure.AutoConfiguration.imports");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).contains("io.iisnode.autoconfigure.IisNodeAutoConfiguration");
	}

	@Test
	void resourcesOfAnArchiveAreServed() {
		assertThat(host.get("/jar/app.css").body()).isEqualTo("archived");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/jar/node_modules/x.js", "/jar/.git/config", "/jar/sub/.env", "/jar/sub/%2eenv",
			"/jar/%2Egit/config", "/jar/%252egit/config", "/jar/.git%2fconfig", "/jar/node%5fmodules/x.js",
			"/jar/./node_modules/x.js", "/jar//.git/config", "/jar/../outside.txt", "/jar/%2e%2e/outside.txt" })
	void whatIsHiddenInAnArchiveGoesToNode(String target) {
		assertThat(host.get(target).body()).isEqualTo("node GET " + target);
	}

	@ParameterizedTest
	@ValueSource(strings = { ".", "..", "../shop", "public/.." })
	void folderOfTheScriptIsRefused(String location, @TempDir Path folder) {
		for (String setting : new String[] { "static-locations", "accel-locations" }) {
			assertRefused(setting, location, folder);
		}
	}

	@Test
	void folderOfTheScriptIsRefusedHoweverItIsNamed(@TempDir Path folder) throws IOException {
		Path shop = folder.resolve("shop");
		assertRefused("static-locations", shop.toUri().toString(), folder);
		Path here = Path.of("").toAbsolutePath();
		if (here.getRoot().equals(shop.toRealPath().getRoot())) {
			String relative = here.relativize(shop.toRealPath()).toString().replace('\\', '/');
			assertRefused("static-locations", "file:" + relative, folder);
		}
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader classPath = new URLClassLoader(new URL[] { folder.toUri().toURL() }, before)) {
			thread.setContextClassLoader(classPath);
			assertRefused("static-locations", "classpath:/shop/", folder);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Links need a privilege there")
	void linkToTheFolderOfTheScriptIsRefused(@TempDir Path folder) throws IOException {
		Files.createDirectories(folder.resolve("shop"));
		Files.createSymbolicLink(folder.resolve("link"), folder.resolve("shop"));
		assertRefused("static-locations", "../link", folder);
		assertRefused("accel-locations", "../link", folder);
	}

	private static void assertRefused(String setting, String location, Path folder) {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> NodeHost.in(folder)
				.script("shop/server.js", SCRIPT)
				.application("shop", "shop/server.js", "/shop/**")
				.with("iisnode.applications.shop." + setting, location)
				.start()
				.close())
			.withStackTraceContaining(setting + " has '" + location + "'");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Links need a privilege there")
	void linkThatLeadsToTheFolderOfTheScriptLaterServesNothing() throws IOException {
		Path link = root.resolve("shop/moving");
		Files.createSymbolicLink(link, root.resolve("shop/public"));
		assertThat(host.get("/moving/style.css").body()).isEqualTo("p { color: red }");
		assertThat(host.get("/moving/x?file=style.css").body()).isEqualTo("p { color: red }");
		Files.delete(link);
		Files.createSymbolicLink(link, root.resolve("shop"));
		assertThat(host.get("/moving/server.js").body()).isEqualTo("node GET /moving/server.js");
		assertThat(host.get("/moving/x?file=server.js").status()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a%20b.txt", "a b.txt", "/a%2520b.txt", "deep/../a%20b.txt", "//a%20b.txt" })
	void fileIsHandedOff(String file) {
		if (file.contains("%25")) {
			assertThat(host.get("/shop/x?file=" + file).body()).isEqualTo("a private text");
			return;
		}
		RawResponse response = host.get("/shop/x?body=none&file=" + file.replace(" ", "%20"));
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("a private text");
		assertThat(response.header("X-Own")).hasValue("yes");
		assertThat(response.header("Content-Length")).hasValue("14");
		assertThat(response.headers()).noneMatch((line) -> line.toLowerCase().startsWith("x-accel"));
	}

	@Test
	void streamedResponseIsReplacedToo() {
		RawResponse response = host.get("/shop/x?body=stream&file=a%20b.txt");
		assertThat(response.body()).isEqualTo("a private text");
		assertThat(host.get("/shop/y").body()).isEqualTo("node GET /shop/y");
	}

	@Test
	void handedOffFileHasRangesValidatorsAndTheTypeThatNodeSays() {
		RawResponse range = send("GET", "/shop/x?file=a%20b.txt", "Range: bytes=2-8");
		assertThat(range.status()).isEqualTo(206);
		assertThat(range.body()).isEqualTo("private");
		RawResponse whole = host.get("/shop/x?file=deep/page.html&type=application/octet-stream");
		assertThat(whole.header("Content-Type")).hasValue("application/octet-stream");
		assertThat(host.get("/shop/x?file=deep/page.html").header("Content-Type")).hasValue("text/html");
		assertThat(host.get("/shop/x?file=deep/page.html&type=image/x-own").header("Content-Type"))
			.hasValue("image/x-own");
		assertThat(send("GET", "/shop/x?file=deep/page.html", "If-None-Match: " + whole.header("ETag").orElseThrow())
			.status()).isEqualTo(304);
		RawResponse head = send("HEAD", "/shop/x?file=a%20b.txt");
		assertThat(head.header("Content-Length")).hasValue("14");
		assertThat(host.get("/shop/x?file=a%20b.txt&status=403").status()).isEqualTo(403);
	}

	@Test
	void rangesAreOfAnswersToGetOnly() {
		for (String range : new String[] { "Range: bytes=2-8", "Range: bytes=100-", "Range: nonsense" }) {
			RawResponse refused = send("GET", "/shop/x?file=a%20b.txt&status=403", range);
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.body()).isEqualTo("a private text");
			assertThat(refused.header("Content-Range")).isEmpty();
			RawResponse posted = send("POST", "/shop/x?file=a%20b.txt", range, "Content-Length: 0");
			assertThat(posted.status()).isEqualTo(200);
			assertThat(posted.body()).isEqualTo("a private text");
			assertThat(send("HEAD", "/shop/x?file=a%20b.txt", range).status()).isEqualTo(200);
		}
	}

	@Test
	void slowClientGetsAllOfAFileThatWasHandedOff() {
		try (RawClient client = host.connect()) {
			client.send("GET /hasty/x?file=huge.bin HTTP/1.1\r\nHost: a\r\n\r\n");
			client.awaitInput();
			// Longer than a process may be silent.
			Awaitility.await().pollDelay(Duration.ofMillis(600)).until(() -> true);
			assertThat(client.response().bytes()).hasSize(HUGE);
		}
	}

	@Test
	void nodeIsFreeAsSoonAsAFileIsHandedOff() {
		try (RawClient client = host.connect()) {
			client.send("GET /endless/x?body=endless&file=huge.bin HTTP/1.1\r\nHost: a\r\n\r\n");
			client.awaitInput();
			Awaitility.await().until(() -> host.snapshot("endless").activeRequests() == 0);
			assertThat(client.response().bytes()).hasSize(HUGE);
		}
	}

	@Test
	void largeFileIsHandedOff() {
		try (RawClient client = host.connect()) {
			assertThat(client.get("/shop/x?file=large.bin").bytes()).hasSize(3_000_000);
			assertThat(client.get("/shop/y").body()).isEqualTo("node GET /shop/y");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "missing", "deep", "../outside.txt", "/../outside.txt", "..%2Foutside.txt",
			"%2E%2E/outside.txt", "deep/../../outside.txt", "..%5Coutside.txt", "../server.js", "/etc/passwd",
			"//etc/passwd", "file:///etc/passwd", ".secret", "%00", "a%20b.txt%00", "%zz" })
	void whatIsNotDeclaredIsNotHandedOff(String file) {
		RawResponse response = host.get("/shop/x?body=none&file=" + file.replace("%", "%25"));
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.headers()).noneMatch((line) -> line.toLowerCase().startsWith("x-accel"));
		assertThat(response.body()).doesNotContain("outside", "hidden", "root:", "createServer");
	}

	@Test
	void withoutFoldersTheFieldIsLeftAlone() {
		RawResponse response = host.get("/x?body=own&file=a%20b.txt");
		assertThat(response.body()).isEqualTo("own");
		assertThat(response.header("X-Accel-Redirect")).hasValue("a b.txt");
	}

}
