package io.iisnode.web;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A configured application whose script is not there.
 */
@ExtendWith(OutputCaptureExtension.class)
class MissingScriptIntegrationTests {

	@TempDir
	private Path root;

	@Test
	void missingScriptIsAWarningAtStartAnd404UntilItIsThere(CapturedOutput output) throws Exception {
		try (NodeHost host = NodeHost.in(this.root)
			.script("hello.js", WhoAmI.SCRIPT)
			.application("shop", "server.js", "/**")
			.start()) {
			assertThat(output).containsOnlyOnce("no file " + this.root.resolve("server.js"))
				.contains("WARN")
				.contains("'shop'", "iisnode.applications.shop.script");
			assertNotFound(host.get("/cart"));
			assertProblem(host);
			// Its route does not hide what is found by path.
			assertThat(WhoAmI.of(host.get("/hello.js")).script()).isEqualTo(this.root.resolve("hello.js").toRealPath());
			assertThat(output).doesNotContain("ERROR");
			Files.writeString(this.root.resolve("server.js"), WhoAmI.SCRIPT);
			WhoAmI answer = WhoAmI.of(host.get("/cart"));
			assertThat(answer.script()).isEqualTo(this.root.resolve("server.js").toRealPath());
			assertThat(answer.target()).isEqualTo("/cart");
			// From now on the route comes first.
			assertThat(WhoAmI.of(host.get("/hello.js")).pid()).isEqualTo(answer.pid());
		}
	}

	private static void assertNotFound(RawResponse response) {
		assertThat(response.status()).isEqualTo(404);
		assertThat(response.header("Content-Type")).hasValue("text/html;charset=UTF-8");
		assertThat(response.body()).contains("<h1>404 Not Found</h1>", "There is no such application.")
			.doesNotContain("server.js");
	}

	private static void assertProblem(NodeHost host) {
		try (RawClient client = host.connect()) {
			RawResponse response = client
				.send("GET /cart HTTP/1.1\r\nHost: test\r\nAccept: application/problem+json\r\n\r\n")
				.response();
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.header("Content-Type")).hasValue("application/problem+json");
			assertThat(response.body()).contains("\"status\":404");
		}
	}

}
