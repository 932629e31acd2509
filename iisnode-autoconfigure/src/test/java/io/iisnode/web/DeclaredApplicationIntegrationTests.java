package io.iisnode.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.iisnode.application.NodeApplication;
import io.iisnode.autoconfigure.NodeApplications;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications as beans: configured ones injected, declared ones hosted.
 */
class DeclaredApplicationIntegrationTests {

	@TempDir
	private Path root;

	@Test
	void configuredAndDeclaredApplicationsAreRoutedAndInjected() {
		try (NodeHost host = NodeHost.in(this.root)
			.script("shop/server.js", WhoAmI.SCRIPT)
			.script("admin/server.js", WhoAmI.SCRIPT)
			.script("plain.js", WhoAmI.SCRIPT)
			.application("shop", "shop/server.js", "/shop/**")
			.sources(DeclaringConfiguration.class, Inspector.class)
			.start()) {
			WhoAmI shop = WhoAmI.of(host.get("/shop/cart"));
			assertThat(shop.script()).isEqualTo(real("shop/server.js"));
			WhoAmI admin = WhoAmI.of(host.get("/admin/users?x=1"));
			assertThat(admin.script()).isEqualTo(real("admin/server.js"));
			assertThat(admin.target()).isEqualTo("/admin/users?x=1");
			assertThat(WhoAmI.of(host.get("/manage")).pid()).isEqualTo(admin.pid());
			// Without a path of its own it is reached by its script.
			assertThat(WhoAmI.of(host.get("/plain.js")).script()).isEqualTo(real("plain.js"));
			assertThat(host.get("/inspect").body()).isEqualTo("shop 1, admin 2, plain 1");
			assertThat(host.manager().declared()).hasSize(3);
			assertThat(host.manager().applications()).hasSize(3);
		}
	}

	private Path real(String script) {
		try {
			return this.root.resolve(script).toRealPath();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringConfiguration {

		@Bean
		NodeApplication administration(NodeApplications applications) {
			return applications.application("admin").script("admin/server.js").path("/admin/**", "/manage").build();
		}

		@Bean
		NodeApplication plain(NodeApplications applications) {
			return applications.application("plain").script("plain.js").build();
		}

	}

	/**
	 * A user of the beans.
	 */
	@RestController
	static class Inspector {

		private final NodeApplication shop;

		private final NodeApplication admin;

		private final NodeApplication plain;

		Inspector(@Qualifier("shop") NodeApplication shop, @Qualifier("administration") NodeApplication admin,
				NodeApplication plain) {
			this.shop = shop;
			this.admin = admin;
			this.plain = plain;
		}

		@GetMapping("/inspect")
		String inspect() {
			return describe(this.shop) + ", " + describe(this.admin) + ", " + describe(this.plain);
		}

		private static String describe(NodeApplication application) {
			return application.name() + " " + application.snapshot().totalRequests();
		}

	}

}
