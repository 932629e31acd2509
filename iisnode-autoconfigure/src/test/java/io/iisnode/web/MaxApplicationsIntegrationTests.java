package io.iisnode.web;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The bound of applications that clients can start.
 */
@ExtendWith(OutputCaptureExtension.class)
class MaxApplicationsIntegrationTests {

	@TempDir
	private Path root;

	@Test
	void oneScriptMoreThanMaxApplicationsIs503(CapturedOutput output) {
		try (NodeHost host = NodeHost.in(this.root)
			.script("one.js", WhoAmI.SCRIPT)
			.script("two.js", WhoAmI.SCRIPT)
			.script("three.js", WhoAmI.SCRIPT)
			.script("shop.js", WhoAmI.SCRIPT)
			.application("shop", "shop.js", "/shop/**")
			.with("iisnode.max-applications", "2")
			.start()) {
			WhoAmI.of(host.get("/one.js"));
			WhoAmI.of(host.get("/two.js"));
			for (int i = 0; i < 3; i++) {
				RawResponse refused = host.get("/three.js");
				assertThat(refused.status()).isEqualTo(503);
				assertThat(refused.header("Retry-After")).isPresent();
				assertThat(refused.body()).contains("Too many applications are active.");
			}
			assertThat(output).contains("answered 503", "three.js", "iisnode.max-applications");
			// Those that are active, and configured ones, go on.
			WhoAmI.of(host.get("/one.js"));
			WhoAmI.of(host.get("/shop/x"));
			WhoAmI.of(host.get("/shop.js"));
			assertThat(host.manager().applications()).hasSize(3);
		}
	}

	@Test
	void anApplicationWhoseScriptIsGoneMakesRoomForAnother() throws Exception {
		try (NodeHost host = NodeHost.in(this.root)
			.script("1.0/server.js", WhoAmI.SCRIPT)
			.script("1.1/server.js", WhoAmI.SCRIPT)
			.with("iisnode.max-applications", "1")
			.start()) {
			WhoAmI old = WhoAmI.of(host.get("/1.0/server.js"));
			assertThat(host.get("/1.1/server.js").status()).isEqualTo(503);
			Files.delete(this.root.resolve("1.0/server.js"));
			WhoAmI.of(host.get("/1.1/server.js"));
			assertThat(host.manager().find("1.0:server.js")).isNull();
			await().until(() -> ProcessHandle.of(old.pid()).filter(ProcessHandle::isAlive).isEmpty());
		}
	}

}
