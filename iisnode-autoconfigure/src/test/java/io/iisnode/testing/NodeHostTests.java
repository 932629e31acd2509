package io.iisnode.testing;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The harness itself.
 */
class NodeHostTests {

	private static final String HELLO = """
			require('http').createServer((req, res) => res.end('Hello ' + req.url)).listen(process.env.PORT);
			""";

	@Test
	void aScriptIsServedAtItsPathAndByARoute(@TempDir Path root) {
		try (NodeHost host = NodeHost.in(root)
			.script("hello.js", HELLO)
			.script("shop/server.js", HELLO)
			.application("shop", "shop/server.js", "/shop/**")
			.start()) {
			assertThat(host.get("/hello.js").body()).isEqualTo("Hello /hello.js");
			assertThat(host.get("/shop/cart?x=1").body()).isEqualTo("Hello /shop/cart?x=1");
			assertThat(host.snapshot("shop").totalRequests()).isEqualTo(1);
		}
	}

}
