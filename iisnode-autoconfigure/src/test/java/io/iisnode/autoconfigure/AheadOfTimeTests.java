package io.iisnode.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.boot.web.context.reactive.GenericReactiveWebApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;

import static org.assertj.core.api.Assertions.assertThat;

class AheadOfTimeTests {

	@Test
	@CompileWithForkedClassLoader
	void applicationsAreFixedAheadOfTimeAndTheirSettingsAreNot() {
		TestGenerationContext generation = new TestGenerationContext();
		AnnotationConfigReactiveWebApplicationContext context = new AnnotationConfigReactiveWebApplicationContext();
		TestPropertyValues.of("iisnode.applications.shop.script=server.js").applyTo(context);
		context.register(IisNodeAutoConfiguration.class, WebFluxAutoConfiguration.class,
				HttpHandlerAutoConfiguration.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		generation.writeGeneratedContent();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try (GenericApplicationContext started = new GenericReactiveWebApplicationContext()) {
				TestPropertyValues.of("iisnode.applications.shop.script=later.js").applyTo(started);
				@SuppressWarnings("unchecked")
				ApplicationContextInitializer<GenericApplicationContext> initializer = compiled
					.getInstance(ApplicationContextInitializer.class);
				initializer.initialize(started);
				started.refresh();
				NodeApplication shop = started.getBean("shop", NodeApplication.class);
				assertThat(shop.definition().script()).hasFileName("later.js");
				assertThat(started.getBean(NodeApplicationManager.class).applications()).containsExactly(shop);
			}
		});
	}

}
