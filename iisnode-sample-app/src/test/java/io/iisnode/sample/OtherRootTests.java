package io.iisnode.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with a root that has none of its own applications.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtherRootTests {

	private static final String SERVER = """
			require('node:http')
			  .createServer((request, response) => response.end(`shop ${request.url}`))
			  .listen(process.env.PORT);
			""";

	@TempDir
	private Path root;

	private ConfigurableApplicationContext context;

	private WebTestClient client;

	@BeforeEach
	void start() throws Exception {
		Files.writeString(Files.createDirectories(this.root.resolve("shop")).resolve("server.js"), SERVER);
		this.context = SpringApplication.run(SampleApplication.class, "--iisnode.root=" + this.root, "--server.port=0");
		this.client = WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.context.getEnvironment().getProperty("local.server.port"))
			.responseTimeout(Duration.ofSeconds(30))
			.build();
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void scriptOfThatRootIsReachedByItsPath() {
		this.client.get()
			.uri("/shop/server.js/cart?x=1")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("shop /shop/server.js/cart?x=1");
	}

	@Test
	void missingScriptIsOnlyAWarning(CapturedOutput output) {
		assertThat(output).contains("WARN").contains("server.js").contains("Open http://localhost:");
		this.client.get().uri("/api/process").exchange().expectStatus().isNotFound();
		this.client.get().uri("/").exchange().expectStatus().isOk();
	}

}
