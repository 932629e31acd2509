package io.iisnode.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;

import io.iisnode.actuate.IisNodeEndpoint;
import io.iisnode.actuate.IisNodeEndpointWebExtension;
import io.iisnode.application.NodeApplicationManager;

import static org.assertj.core.api.Assertions.assertThat;

class IisNodeEndpointAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IisNodeAutoConfiguration.class, IisNodeEndpointAutoConfiguration.class,
				WebFluxAutoConfiguration.class, HttpHandlerAutoConfiguration.class));

	private final ReactiveWebApplicationContextRunner exposed = this.runner
		.withPropertyValues("management.endpoints.web.exposure.include=iisnode");

	@Test
	void hasAnEndpointWhenExposed() {
		this.exposed.run((context) -> assertThat(context).hasSingleBean(IisNodeEndpoint.class)
			.hasSingleBean(IisNodeEndpointWebExtension.class));
	}

	@Test
	void hasNoneUnlessExposed() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(NodeApplicationManager.class)
			.doesNotHaveBean(IisNodeEndpoint.class)
			.doesNotHaveBean(IisNodeEndpointWebExtension.class));
	}

	@Test
	void hasNoneWithoutAccess() {
		this.exposed.withPropertyValues("management.endpoint.iisnode.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(IisNodeEndpoint.class)
				.doesNotHaveBean(IisNodeEndpointWebExtension.class));
	}

	@Test
	void hasNoneWhenDisabled() {
		this.exposed.withPropertyValues("iisnode.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(IisNodeEndpoint.class)
				.doesNotHaveBean(IisNodeEndpointWebExtension.class));
	}

	@Test
	void worksWithoutActuator() {
		this.exposed.withClassLoader(new FilteredClassLoader(Endpoint.class, ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NodeApplicationManager.class)
				.doesNotHaveBean("iisNodeEndpoint")
				.doesNotHaveBean("iisNodeEndpointWebExtension"));
	}

	@Test
	void endpointOfTheUserWins() {
		this.exposed.withBean("custom", IisNodeEndpoint.class)
			.run((context) -> assertThat(context).hasSingleBean(IisNodeEndpoint.class).hasBean("custom"));
	}

}
