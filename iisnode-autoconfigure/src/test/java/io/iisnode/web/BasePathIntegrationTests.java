package io.iisnode.web;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A host below a base path (<code>spring.webflux.base-path</code>).
 */
class BasePathIntegrationTests {

	@TempDir
	private Path root;

	@Test
	void routesAndScriptsLieBelowTheBasePathAndNodeSeesItToo() {
		try (NodeHost host = NodeHost.in(this.root)
			.script("hello.js", WhoAmI.SCRIPT)
			.script("shop.js", WhoAmI.SCRIPT)
			.application("shop", "shop.js", "/shop/**")
			.with("spring.webflux.base-path", "/base")
			.start()) {
			assertThat(WhoAmI.of(host.get("/base/shop/cart?x=1")).target()).isEqualTo("/base/shop/cart?x=1");
			assertThat(WhoAmI.of(host.get("/base/hello.js/a")).target()).isEqualTo("/base/hello.js/a");
			assertThat(host.get("/shop/cart").status()).isEqualTo(404);
			assertThat(host.get("/hello.js").status()).isEqualTo(404);
		}
	}

}
