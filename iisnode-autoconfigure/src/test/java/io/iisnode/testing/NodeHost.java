package io.iisnode.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.iisnode.application.ApplicationSnapshot;
import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;

/**
 * A running Spring Boot application with our auto-configuration, a real web server on a
 * port of its own, and real node processes.
 * <p>
 * Usage: {@code try (NodeHost host = NodeHost.in(folder).script("a.js", "...")
 * .with("iisnode.max-pending-requests-per-application", "2").start()) ...}
 */
public final class NodeHost implements AutoCloseable {

	static {
		// A machine that is busy, or runs Windows programs under Wine, takes its time.
		Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
	}

	private static final String PIPE_INSTANCES = "iisnode.environment.NODE_PENDING_PIPE_INSTANCES";

	private final ConfigurableApplicationContext context;

	private final Path root;

	private NodeHost(ConfigurableApplicationContext context, Path root) {
		this.context = context;
		this.root = root;
	}

	/**
	 * Prepares a host.
	 * @param root the document root for scripts
	 */
	public static Builder in(Path root) {
		return new Builder(root);
	}

	public int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	public String url(String path) {
		return "http://127.0.0.1:" + port() + path;
	}

	/**
	 * Opens a connection to the host.
	 */
	public RawClient connect() {
		return RawClient.connect(port());
	}

	/**
	 * One request without a body on a connection of its own.
	 */
	public RawResponse get(String path) {
		try (RawClient client = connect()) {
			return client.get(path);
		}
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	public Path root() {
		return this.root;
	}

	public NodeApplicationManager manager() {
		return this.context.getBean(NodeApplicationManager.class);
	}

	public NodeApplication application(String name) {
		NodeApplication application = manager().find(name);
		if (application == null) {
			throw new AssertionError("No application '" + name + "' among " + manager().applications());
		}
		return application;
	}

	public ApplicationSnapshot snapshot(String name) {
		return application(name).snapshot();
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Collects scripts and settings.
	 */
	public static final class Builder {

		private final Path root;

		private final Map<String, Object> properties = new LinkedHashMap<>();

		private Class<?>[] sources = { Application.class };

		private Builder(Path root) {
			this.root = root;
			this.properties.put("iisnode.root", root.toString());
			this.properties.put("server.port", "0");
			this.properties.put("server.address", "127.0.0.1");
			this.properties.put("spring.main.banner-mode", "off");
			// Tests must not wait for the grace of production.
			this.properties.put("iisnode.graceful-shutdown-timeout", "5s");
			// Reactor Netty's loops would wait for 2 s for work that might still come.
			this.properties.put("spring.reactor.netty.shutdown-quiet-period", "0s");
			// A test that writes files decides itself when they count.
			this.properties.put("iisnode.watched-files", "");
			if (Wine.isUsed()) {
				// Thousands take it longer than all else of a start.
				this.properties.put(PIPE_INSTANCES, "500");
			}
		}

		/**
		 * Lets node keep as many pipe instances ready as in production.
		 */
		public Builder allPipeInstances() {
			this.properties.remove(PIPE_INSTANCES);
			return this;
		}

		/**
		 * Writes a script below the root.
		 */
		public Builder script(String name, String source) {
			try {
				Path file = this.root.resolve(name);
				Files.createDirectories(file.getParent());
				Files.writeString(file, source);
				return this;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		public Builder with(String property, Object value) {
			this.properties.put(property, value);
			return this;
		}

		/**
		 * Configures an application.
		 */
		public Builder application(String name, String script, String path) {
			return with("iisnode.applications." + name + ".script", script)
				.with("iisnode.applications." + name + ".path", path);
		}

		/**
		 * Adds configuration classes of the test.
		 */
		public Builder sources(Class<?>... added) {
			Class<?>[] all = new Class<?>[added.length + 1];
			all[0] = Application.class;
			System.arraycopy(added, 0, all, 1, added.length);
			this.sources = all;
			return this;
		}

		public NodeHost start() {
			SpringApplication application = new SpringApplication(this.sources);
			application.setWebApplicationType(WebApplicationType.REACTIVE);
			application.setRegisterShutdownHook(false);
			List<String> arguments = this.properties.entrySet()
				.stream()
				.map((entry) -> "--" + entry.getKey() + "=" + entry.getValue())
				.toList();
			return new NodeHost(application.run(arguments.toArray(String[]::new)), this.root);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
