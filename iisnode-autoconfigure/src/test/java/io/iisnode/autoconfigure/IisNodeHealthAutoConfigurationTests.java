package io.iisnode.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;

import io.iisnode.application.NodeApplicationManager;
import io.iisnode.health.NodeApplicationsHealthContributor;

import static org.assertj.core.api.Assertions.assertThat;

class IisNodeHealthAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IisNodeAutoConfiguration.class, IisNodeHealthAutoConfiguration.class,
				WebFluxAutoConfiguration.class, HttpHandlerAutoConfiguration.class));

	@Test
	void contributesAsIisnode() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(NodeApplicationsHealthContributor.class)
			.hasBean("iisnodeHealthContributor"));
	}

	@Test
	void canBeSwitchedOff() {
		this.runner.withPropertyValues("management.health.iisnode.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(NodeApplicationsHealthContributor.class));
	}

	@Test
	void isNotThereWhereNothingIsHosted() {
		this.runner.withPropertyValues("iisnode.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(NodeApplicationsHealthContributor.class));
	}

	@Test
	void worksWithoutHealth() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader(HealthContributor.class, ConditionalOnEnabledHealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NodeApplicationManager.class)
				.doesNotHaveBean("iisnodeHealthContributor"));
	}

	@Test
	void thatOfTheUserWins() {
		this.runner
			.withBean("iisnodeHealthContributor", HealthContributor.class,
					() -> CompositeHealthContributor.fromMap(Map.of()))
			.run((context) -> assertThat(context).doesNotHaveBean(NodeApplicationsHealthContributor.class));
	}

}
