package io.iisnode.web;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who gets a request that several could answer.
 */
class RoutePrecedenceIntegrationTests {

	private static final String SCRIPT = """
			const name = require('path').basename(__filename);
			require('http').createServer((req, res) => res.end(name + ' ' + req.url)).listen(process.env.PORT);
			""";

	@TempDir
	private Path root;

	@Test
	void routesComeAfterTheHostsOwnHandlersAndBeforeItsStaticResources() {
		try (NodeHost host = builder().start()) {
			assertThat(host.get("/controller").body()).isEqualTo("controller");
			assertThat(host.get("/function").body()).isEqualTo("function");
			assertThat(host.get("/actuator/health").body()).contains("UP");
			assertThat(host.get("/").body()).isEqualTo("all.js /");
			assertThat(host.get("/index.html").body()).isEqualTo("all.js /index.html");
			assertThat(host.get("/none").body()).isEqualTo("all.js /none");
			assertThat(host.get("http://test?x=1").body()).isEqualTo("all.js /?x=1");
		}
	}

	@Test
	void mostSpecificRouteWinsWhateverTheOrderOfTheSettings() {
		try (NodeHost host = builder().application("exact", "exact.js", "/shop/cart/exact")
			.application("shop", "shop.js", "/shop/**")
			.application("cart", "cart.js", "/shop/cart/**,/{tenant}/cart")
			.start()) {
			assertThat(host.get("/shop").body()).isEqualTo("shop.js /shop");
			assertThat(host.get("/shop/x/y").body()).isEqualTo("shop.js /shop/x/y");
			assertThat(host.get("/shop/cart").body()).isEqualTo("cart.js /shop/cart");
			assertThat(host.get("/shop/cart/x").body()).isEqualTo("cart.js /shop/cart/x");
			assertThat(host.get("/shop/cart/exact").body()).isEqualTo("exact.js /shop/cart/exact");
			assertThat(host.get("/blue/cart").body()).isEqualTo("cart.js /blue/cart");
			assertThat(host.get("/blue").body()).isEqualTo("all.js /blue");
			// Routes win over scripts found by path.
			assertThat(host.get("/exact.js").body()).isEqualTo("all.js /exact.js");
		}
	}

	@Test
	void withALowerOrderRoutesComeBeforeTheHostsOwnHandlers() {
		try (NodeHost host = builder().with("iisnode.order", "-2").start()) {
			assertThat(host.get("/controller").body()).isEqualTo("all.js /controller");
			assertThat(host.get("/function").body()).isEqualTo("all.js /function");
			assertThat(host.get("/actuator/health").body()).contains("UP");
		}
	}

	@Test
	void withTheHighestOrderRoutesComeAfterStaticResources() {
		try (NodeHost host = builder().with("iisnode.order", Ordered.LOWEST_PRECEDENCE)
			.with("spring.webflux.static-path-pattern", "/assets/**")
			.start()) {
			assertThat(host.get("/assets/index.html").body()).doesNotContain("all.js");
			assertThat(host.get("/controller").body()).isEqualTo("controller");
			assertThat(host.get("/index.html").body()).isEqualTo("all.js /index.html");
		}
	}

	private NodeHost.Builder builder() {
		return NodeHost.in(this.root)
			.script("all.js", SCRIPT)
			.script("shop.js", SCRIPT)
			.script("cart.js", SCRIPT)
			.script("exact.js", SCRIPT)
			.application("all", "all.js", "/**")
			.with("spring.web.resources.static-locations", "classpath:/static-with-index/")
			.sources(HostConfiguration.class, HostController.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class HostConfiguration {

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route()
				.GET("/function", (request) -> ServerResponse.ok().bodyValue("function"))
				.build();
		}

	}

	@RestController
	static class HostController {

		@GetMapping("/controller")
		String controller() {
			return "controller";
		}

	}

}
