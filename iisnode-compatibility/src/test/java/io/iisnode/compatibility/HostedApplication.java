package io.iisnode.compatibility;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.iisnode.application.NodeApplication;

/**
 * A Spring Boot application with the starter that hosts one application.
 */
final class HostedApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private HostedApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Hosts an application at <code>/</code>.
	 */
	static HostedApplication start(Framework framework, NodeRelease node) {
		return start(framework, node, Map.of("path", "/**"));
	}

	/**
	 * Hosts an application.
	 * @param own settings of the application, beside those that it always needs
	 */
	static HostedApplication start(Framework framework, NodeRelease node, Map<String, String> own) {
		framework.checkIsBuilt();
		Map<String, String> application = new LinkedHashMap<>();
		application.put("script", framework.folder() + "/" + framework.script());
		if (!framework.arguments().isEmpty()) {
			application.put("arguments", String.join(",", framework.arguments()));
			application.put("directory", framework.folder());
		}
		framework.environment().forEach((name, value) -> application.put("environment." + name, value));
		application.putAll(own);
		Map<String, String> host = Map.of("iisnode.root", "target/apps", "iisnode.handlers", "", "iisnode.node-env",
				"production", "iisnode.startup-timeout", "60s", "iisnode.node-process-command-line", node.executable(),
				"iisnode.watched-files", "", "server.port", "0", "server.address", "127.0.0.1",
				"spring.main.banner-mode", "off", "logging.level.root", "warn");
		List<String> arguments = new ArrayList<>();
		host.forEach((name, value) -> arguments.add("--" + name + "=" + value));
		application.forEach((name, value) -> arguments.add("--iisnode.applications.app." + name + "=" + value));
		SpringApplication spring = new SpringApplication(Host.class);
		spring.setWebApplicationType(WebApplicationType.REACTIVE);
		spring.setRegisterShutdownHook(false);
		return new HostedApplication(spring.run(arguments.toArray(String[]::new)));
	}

	String url() {
		return "http://127.0.0.1:" + ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	NodeApplication application() {
		return this.context.getBean("app", NodeApplication.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Host {

	}

}
