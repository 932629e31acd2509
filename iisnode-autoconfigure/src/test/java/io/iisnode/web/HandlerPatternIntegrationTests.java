package io.iisnode.web;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which files are scripts, in a host whose static resources lie in the same folder.
 */
class HandlerPatternIntegrationTests {

	private static final String BROWSER_SCRIPT = "alert('for browsers')";

	@TempDir
	private Path root;

	@Test
	void narrowerPatternsRunOnlyWhatTheyMatch() {
		try (NodeHost host = host("/apps/*.js,/cgi/tool")) {
			assertThat(WhoAmI.of(host.get("/apps/a.js/x")).script()).isEqualTo(this.root.resolve("apps/a.js"));
			assertThat(WhoAmI.of(host.get("/cgi/tool?x")).script()).isEqualTo(this.root.resolve("cgi/tool"));
			assertThat(host.get("/public/a.js").body()).isEqualTo(BROWSER_SCRIPT);
			assertNotFound(host.get("/apps/./a.js"));
			assertNotFound(host.get("/cgi%2ftool"));
			assertEntryFileIsNotServed(host);
		}
	}

	@Test
	void withoutPatternsNoScriptRunsByPath() {
		try (NodeHost host = host("")) {
			assertThat(host.get("/public/a.js").body()).isEqualTo(BROWSER_SCRIPT);
			assertThat(WhoAmI.of(host.get("/shop/x")).script()).isEqualTo(this.root.resolve("shop/server.js"));
			assertThat(host.manager().applications()).hasSize(2);
			assertEntryFileIsNotServed(host);
		}
	}

	private static void assertEntryFileIsNotServed(NodeHost host) {
		assertNotFound(host.get("/shop%2fserver.js"));
		assertNotFound(host.get("/./shop/server.js"));
		assertNotFound(host.get("/node_modules/a.js"));
		assertNotFound(host.get("/entry/server.js"));
	}

	private static void assertNotFound(RawResponse response) {
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.body()).doesNotContain(WhoAmI.SECRET);
	}

	private NodeHost host(String handlers) {
		return NodeHost.in(this.root)
			.script("apps/a.js", WhoAmI.SCRIPT)
			.script("cgi/tool", WhoAmI.SCRIPT)
			.script("shop/server.js", WhoAmI.SCRIPT)
			.script("entry/server.js", WhoAmI.SCRIPT)
			.script("node_modules/a.js", WhoAmI.SCRIPT)
			.script("public/a.js", BROWSER_SCRIPT)
			.application("shop", "shop/server.js", "/shop/**")
			.application("entry", "entry/server.js", "/other/**")
			.with("iisnode.handlers", handlers)
			.with("spring.web.resources.static-locations", "file:" + this.root + "/")
			.start();
	}

}
