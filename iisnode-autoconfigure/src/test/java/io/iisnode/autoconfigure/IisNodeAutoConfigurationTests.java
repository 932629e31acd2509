package io.iisnode.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.application.NodeApplicationState;
import io.iisnode.process.ProcessLauncher;
import io.iisnode.transport.AsyncManager;
import io.iisnode.transport.PipeTransport;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class IisNodeAutoConfigurationTests {

	@TempDir
	private Path root;

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class,
				IisNodeAutoConfiguration.class, WebFluxAutoConfiguration.class, CodecsAutoConfiguration.class,
				HttpHandlerAutoConfiguration.class));

	@Test
	void hostsNodeApplications() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(NodeApplicationManager.class)
			.hasSingleBean(NodeApplications.class)
			.hasSingleBean(PipeTransport.class)
			.hasSingleBean(AsyncManager.class)
			.hasBean("iisNodeHandlerMapping")
			.doesNotHaveBean(NodeApplication.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.runner.withPropertyValues("iisnode.enabled=false", "iisnode.applications.shop.script=server.js")
			.run((context) -> assertThat(context).doesNotHaveBean(NodeApplicationManager.class)
				.doesNotHaveBean(NodeApplication.class)
				.doesNotHaveBean(IisNodeProperties.class)
				.doesNotHaveBean("iisNodeHandlerMapping"));
	}

	@Test
	void backsOffInAnApplicationThatIsNotReactive() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(IisNodeAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(NodeApplicationManager.class));
	}

	@Test
	void backsOffWithoutWebFlux() {
		this.runner.withClassLoader(new FilteredClassLoader(RouterFunctionMapping.class))
			.run((context) -> assertThat(context).doesNotHaveBean(NodeApplicationManager.class));
	}

	@Test
	void launcherOfTheUserWins() {
		this.runner.withBean("custom", ProcessLauncher.class, () -> (command) -> {
			throw new IllegalStateException();
		}).run((context) -> assertThat(context).hasSingleBean(ProcessLauncher.class).hasBean("custom"));
	}

	@Test
	void threadsOfTheUserWin() {
		this.runner.withUserConfiguration(ThreadsConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(AsyncManager.class)
				.getBean(AsyncManager.class)
				.satisfies((async) -> assertThat(async.threadCount()).isEqualTo(3)));
	}

	@Test
	void threadCountBinds() {
		this.runner.withPropertyValues("iisnode.async-completion-thread-count=2")
			.run((context) -> assertThat(context.getBean(AsyncManager.class).threadCount()).isEqualTo(2));
	}

	@Test
	void propertiesBind() {
		this.runner
			.withPropertyValues("iisnode.max-pending-time=7s", "iisnode.applications.shop.script=server.js",
					"iisnode.applications.shop.path=/shop/**")
			.run((context) -> {
				IisNodeProperties properties = context.getBean(IisNodeProperties.class);
				assertThat(properties.getMaxPendingTime()).isEqualTo(Duration.ofSeconds(7));
				assertThat(properties.getApplications()).containsOnlyKeys("shop");
				assertThat(properties.getApplications().get("shop").getPath()).containsExactly("/shop/**");
			});
	}

	@Test
	void configuredApplicationIsABeanOfItsName() {
		this.runner
			.withPropertyValues("iisnode.applications.shop.script=shop/server.js",
					"iisnode.applications.my-admin.script=admin/server.js")
			.withUserConfiguration(UserOfApplications.class)
			.run((context) -> {
				UserOfApplications user = context.getBean(UserOfApplications.class);
				assertThat(user.shop.name()).isEqualTo("shop");
				assertThat(user.admin.name()).isEqualTo("my-admin");
				assertThat(context.getBean(NodeApplicationManager.class).applications())
					.containsExactlyInAnyOrder(user.shop, user.admin);
				assertThat(context.getBean(NodeApplicationManager.class).find("shop")).isSameAs(user.shop);
			});
	}

	@Test
	void declaredApplicationIsHostedToo() {
		this.runner
			.withPropertyValues("iisnode.root=" + this.root, "iisnode.max-pending-time=7s",
					"iisnode.applications.shop.script=shop/server.js")
			.withUserConfiguration(DeclaringConfiguration.class)
			.run((context) -> {
				NodeApplication admin = context.getBean("admin", NodeApplication.class);
				assertThat(admin.definition().script()).isEqualTo(this.root.resolve("admin/server.js"));
				assertThat(admin.definition().paths()).containsExactly("/admin/**", "/manage");
				assertThat(admin.definition().settings().process().maxConcurrentRequests()).isEqualTo(10);
				assertThat(admin.definition().settings().queue().maxPendingTime()).isEqualTo(Duration.ofSeconds(7));
				assertThat(context.getBean(NodeApplicationManager.class).applications()).contains(admin).hasSize(2);
				assertThat(context.getBean("shop", NodeApplication.class)
					.definition()
					.settings()
					.process()
					.maxConcurrentRequests()).isEqualTo(1024);
			});
	}

	@Test
	void declaredApplicationWithAnInvalidSettingFails() {
		this.runner.withUserConfiguration(InvalidConfiguration.class)
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("'admin', declared as a bean")
				.hasMessageContaining("max-pending-requests-per-application")));
	}

	@Test
	void declaredApplicationWithoutScriptFails() {
		this.runner.withUserConfiguration(ScriptlessConfiguration.class)
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("'admin', declared as a bean, has no script")));
	}

	@Test
	void nameOfABeanOfTheUserFails() {
		this.runner.withBean("shop", StringBuilder.class, StringBuilder::new)
			.withPropertyValues("iisnode.applications.shop.script=server.js")
			.run(failure((ex) -> {
				assertThat(ex).hasMessageContaining("'shop'").hasMessageContaining("StringBuilder");
				assertThat(ex.getAction()).contains("iisnode.applications.shop-node", "rename the bean");
			}));
	}

	@Test
	void applicationThatIsConfiguredAndDeclaredFails() {
		this.runner.withUserConfiguration(DeclaringConfiguration.class)
			.withPropertyValues("iisnode.applications.admin.script=server.js")
			.run(failure((ex) -> {
				assertThat(ex).hasMessageContaining("'admin'").hasMessageContaining("DeclaringConfiguration");
				assertThat(ex.getAction()).contains("remove iisnode.applications.admin");
			}));
	}

	@Test
	void nameOfASingletonOfSpringsFails() {
		this.runner.withPropertyValues("iisnode.applications.environment.script=server.js")
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("'environment'")));
	}

	@Test
	void nameOfABeanOfOursFails() {
		this.runner.withPropertyValues("iisnode.applications.iisNodeApplicationManager.script=server.js")
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("'iisNodeApplicationManager'")));
	}

	@Test
	void nameOfABeanThatIsDefinedLaterIsAnalyzed() {
		this.runner.withPropertyValues("iisnode.applications.webFluxConversionService.script=server.js")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).isInstanceOf(BeanDefinitionOverrideException.class);
				assertThat(new ApplicationNameFailureAnalyzer().analyze(context.getStartupFailure())).isNotNull()
					.satisfies((analysis) -> assertThat(analysis.getDescription())
						.contains("'webFluxConversionService' (iisnode.applications.webFluxConversionService)"));
			});
	}

	@Test
	void otherClashesOfBeansAreLeftToSpring() {
		BeanDefinition definition = new RootBeanDefinition();
		assertThat(new ApplicationNameFailureAnalyzer()
			.analyze(new BeanDefinitionOverrideException("some", definition, definition))).isNull();
	}

	@Test
	void twoDeclaredApplicationsOfOneNameFail() {
		this.runner.withUserConfiguration(DeclaringConfiguration.class, SameNameConfiguration.class)
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("two Node applications 'admin'")));
	}

	@Test
	void samePathOfTwoApplicationsFails() {
		this.runner
			.withPropertyValues("iisnode.applications.one.script=one.js", "iisnode.applications.one.path=/a,/b/**",
					"iisnode.applications.two.script=two.js", "iisnode.applications.two.path=/b/**")
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("'one'")
				.hasMessageContaining("'two'")
				.hasMessageContaining("'/b/**'")));
	}

	@Test
	void invalidSettingFails() {
		this.runner
			.withPropertyValues("iisnode.applications.shop.script=server.js",
					"iisnode.applications.shop.max-pending-time=soon")
			.run(failure(
					(ex) -> assertThat(ex).hasMessageContaining("Property: iisnode.applications.shop.max-pending-time")
						.hasMessageContaining("Value: \"soon\"")));
	}

	@Test
	void invalidSettingForAllFailsWithoutApplications() {
		this.runner.withPropertyValues("iisnode.startup-timeout=0")
			.run(failure((ex) -> assertThat(ex).hasMessageContaining("Property: iisnode.startup-timeout")));
	}

	@Test
	void missingScriptIsAWarning(CapturedOutput output) throws Exception {
		Files.writeString(this.root.resolve("there.js"), "");
		this.runner
			.withPropertyValues("iisnode.root=" + this.root, "iisnode.applications.there.script=there.js",
					"iisnode.applications.shop.script=shop/server.js")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.getAll()
					.lines()
					.filter((line) -> line.contains("WARN") && line.contains("Node application"))).singleElement()
					.asString()
					.contains("'shop'", this.root.resolve("shop/server.js").toString(), "iisnode.root");
			});
	}

	@Test
	void routesStandAfterControllersAndBeforeStaticResources() {
		this.runner.run((context) -> assertThat(mappings(context)).containsSubsequence("requestMappingHandlerMapping",
				"iisNodeHandlerMapping", "resourceHandlerMapping"));
	}

	@Test
	void routesStandBeforeTheWelcomePage() {
		this.runner.withPropertyValues("spring.web.resources.static-locations=classpath:/static-with-index/")
			.run((context) -> assertThat(mappings(context)).containsSubsequence("iisNodeHandlerMapping",
					"welcomePageRouterFunctionMapping"));
	}

	@Test
	void orderOfRoutesCanBeChanged() {
		this.runner.withPropertyValues("iisnode.order=-7")
			.run((context) -> assertThat(mappings(context)).containsSubsequence("iisNodeHandlerMapping",
					"routerFunctionMapping", "requestMappingHandlerMapping"));
	}

	@Test
	void applicationsEndWithTheContext() {
		NodeApplication[] shop = new NodeApplication[1];
		this.runner.withPropertyValues("iisnode.applications.shop.script=server.js")
			.run((context) -> shop[0] = context.getBean("shop", NodeApplication.class));
		assertThat(shop[0].state()).isEqualTo(NodeApplicationState.DISPOSED);
	}

	private static List<String> mappings(AssertableReactiveWebApplicationContext context) {
		return context.getBeansOfType(HandlerMapping.class)
			.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByValue(AnnotationAwareOrderComparator.INSTANCE))
			.map(Map.Entry::getKey)
			.toList();
	}

	private static ContextConsumer<AssertableReactiveWebApplicationContext> failure(
			Consumer<NodeConfigurationException> requirements) {
		return (context) -> {
			assertThat(context).hasFailed();
			Throwable failure = context.getStartupFailure();
			while (failure != null && !(failure instanceof NodeConfigurationException)) {
				failure = failure.getCause();
			}
			assertThat(failure).isNotNull();
			requirements.accept((NodeConfigurationException) failure);
			assertThat(new NodeConfigurationFailureAnalyzer().analyze(context.getStartupFailure())).isNotNull();
		};
	}

	@Configuration(proxyBeanMethods = false)
	static class ThreadsConfiguration {

		@Bean
		AsyncManager threads(PipeTransport transport) {
			return new AsyncManager(transport, 3);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserOfApplications {

		@Autowired
		private NodeApplication shop;

		@Autowired
		@Qualifier("my-admin")
		private NodeApplication admin;

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringConfiguration {

		@Bean
		NodeApplication admin(NodeApplications applications) {
			return applications.application("admin")
				.script("admin/server.js")
				.path("/admin/**", "/manage")
				.settings((settings) -> settings.setMaxConcurrentRequestsPerProcess(10))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SameNameConfiguration {

		@Bean
		NodeApplication second(NodeApplications applications) {
			return applications.application("admin").script("second.js").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InvalidConfiguration {

		@Bean
		NodeApplication admin(NodeApplications applications) {
			return applications.application("admin")
				.script("admin/server.js")
				.settings((settings) -> settings.setMaxPendingRequestsPerApplication(-1))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScriptlessConfiguration {

		@Bean
		NodeApplication admin(NodeApplications applications) {
			return applications.application("admin").build();
		}

	}

}
