package io.iisnode.autoconfigure;

import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/**
 * The endpoint over HTTP. No context may be closed while another one runs: they share the
 * threads of Reactor Netty.
 */
class IisNodeEndpointAccessTests {

	private static ConfigurableApplicationContext byDefault;

	private static ConfigurableApplicationContext unrestricted;

	private static ConfigurableApplicationContext limited;

	@BeforeAll
	static void start() {
		byDefault = host();
		unrestricted = host("management.endpoint.iisnode.access=unrestricted");
		limited = host("management.endpoint.iisnode.access=unrestricted",
				"management.endpoints.access.max-permitted=read-only");
	}

	@AfterAll
	static void stop() {
		Stream.of(byDefault, unrestricted, limited).forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void showsAllApplications() {
		client(byDefault).get()
			.uri("/actuator/iisnode")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.applications.length()")
			.isEqualTo(2)
			.jsonPath("$.applications[?(@.name=='shop')].state")
			.isEqualTo("ACTIVE");
	}

	@Test
	void showsOneApplication() {
		client(byDefault).get()
			.uri("/actuator/iisnode/my-admin")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.name")
			.isEqualTo("my-admin")
			.jsonPath("$.maxPendingRequests")
			.isEqualTo(1024)
			.jsonPath("$.processes")
			.isEmpty();
	}

	@Test
	void doesNotFindAnUnknownApplication() {
		client(byDefault).get().uri("/actuator/iisnode/other").exchange().expectStatus().isNotFound();
	}

	@Test
	void doesNotRecycleUnlessAllowed() {
		operate(byDefault, "shop", "recycle").expectStatus().isEqualTo(405);
	}

	@Test
	void doesNotRecycleBeyondTheMaximumThatIsPermitted() {
		operate(limited, "shop", "recycle").expectStatus().isEqualTo(405);
	}

	@Test
	void doesNotRecycleAProcessUnlessAllowed() {
		operate(byDefault, "shop/processes/1", "recycle").expectStatus().isEqualTo(405);
		operate(limited, "shop/processes/1", "recycle").expectStatus().isEqualTo(405);
	}

	@Test
	void doesNotRecycleAnUnknownProcess() {
		operate(unrestricted, "shop/processes/1", "recycle").expectStatus().isNotFound();
		operate(unrestricted, "shop/processes/1", "explode").expectStatus().isNotFound();
		operate(unrestricted, "other/processes/1", "recycle").expectStatus().isNotFound();
		operate(unrestricted, "shop/others/1", "recycle").expectStatus().isNotFound();
	}

	@Test
	void recycles() {
		operate(unrestricted, "shop", "recycle").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.name")
			.isEqualTo("shop")
			.jsonPath("$.state")
			.isEqualTo("ACTIVE")
			.jsonPath("$.recycles")
			.isEqualTo(1);
	}

	@Test
	void refusesAnUnknownOperation() {
		operate(unrestricted, "shop", "explode").expectStatus().isBadRequest();
	}

	@Test
	void refusesAMissingOperation() {
		client(unrestricted).post()
			.uri("/actuator/iisnode/shop")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(Map.of())
			.exchange()
			.expectStatus()
			.isBadRequest();
	}

	@Test
	void doesNotRecycleAnUnknownApplication() {
		operate(unrestricted, "other", "recycle").expectStatus().isNotFound();
	}

	private static ResponseSpec operate(ConfigurableApplicationContext host, String application, String operation) {
		return client(host).post()
			.uri("/actuator/iisnode/" + application)
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(Map.of("operation", operation))
			.exchange();
	}

	private static WebTestClient client(ConfigurableApplicationContext host) {
		String port = host.getEnvironment().getRequiredProperty("local.server.port");
		return WebTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	private static ConfigurableApplicationContext host(String... properties) {
		return new SpringApplicationBuilder(HostConfiguration.class).web(WebApplicationType.REACTIVE)
			.properties("server.port=0", "management.endpoints.web.exposure.include=iisnode",
					"iisnode.applications.shop.script=shop/server.js",
					"iisnode.applications.my-admin.script=admin/server.js")
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class HostConfiguration {

	}

}
