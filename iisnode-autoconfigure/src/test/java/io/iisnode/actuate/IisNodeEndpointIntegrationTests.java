package io.iisnode.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The endpoint with a real node process.
 */
class IisNodeEndpointIntegrationTests {

	@Test
	void showsProcessesAndRecyclesThem(@TempDir Path root) {
		try (NodeHost host = NodeHost.in(root)
			.script("shop/server.js",
					"require('http').createServer((req, res) => res.end('hello')).listen(process.env.PORT)")
			.with("management.endpoints.web.exposure.include", "iisnode")
			.with("management.endpoint.iisnode.access", "unrestricted")
			.start()) {
			assertThat(host.get("/shop/server.js").body()).isEqualTo("hello");
			client(host).get()
				.uri("/actuator/iisnode/shop:server.js")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.totalRequests")
				.isEqualTo(1)
				.jsonPath("$.processes.length()")
				.isEqualTo(1)
				.jsonPath("$.processes[0].state")
				.isEqualTo("READY")
				.jsonPath("$.processes[0].pid")
				.value(Integer.class, (pid) -> assertThat(ProcessHandle.of(pid)).isPresent())
				.jsonPath("$.processes[0].startedAt")
				.value(String.class, (time) -> assertThat(Instant.parse(time)).isBefore(Instant.now()));
			client(host).post()
				.uri("/actuator/iisnode/shop:server.js")
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(Map.of("operation", "recycle"))
				.exchange()
				.expectStatus()
				.isOk();
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> client(host).get()
					.uri("/actuator/iisnode/shop:server.js")
					.exchange()
					.expectBody()
					.jsonPath("$.state")
					.isEqualTo("ACTIVE")
					.jsonPath("$.processes[0].generation")
					.isEqualTo(2));
		}
	}

	private static WebTestClient client(NodeHost host) {
		return WebTestClient.bindToServer().baseUrl(host.url("")).responseTimeout(Duration.ofSeconds(30)).build();
	}

}
