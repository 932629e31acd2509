package io.iisnode.autoconfigure;

import java.nio.file.Files;

import lombok.extern.slf4j.Slf4j;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationFactory;

/**
 * Makes Node applications, for <code>&#064;Bean</code> methods that declare one:
 * <pre><code class="java">
 * &#064;Bean
 * NodeApplication admin(NodeApplications applications) {
 *     return applications.application("admin")
 *         .script("admin/server.js")
 *         .path("/admin/**")
 *         .settings((settings) -&gt; settings.setMaxConcurrentRequestsPerProcess(10))
 *         .build();
 * }
 * </code></pre> All beans of the type {@link NodeApplication} are hosted.
 */
@Slf4j
public final class NodeApplications {

	private final NodeApplicationFactory factory;

	private final NodeSettingsBinder binder;

	NodeApplications(NodeApplicationFactory factory, NodeSettingsBinder binder) {
		this.factory = factory;
		this.binder = binder;
	}

	/**
	 * Begins a new application with the settings that stand under <code>iisnode</code>.
	 * @param name unique name of the application, as in the actuator; letters, digits,
	 * <code>-</code>, <code>_</code> and <code>.</code>
	 * @return what builds it
	 */
	public NodeApplicationBuilder application(String name) {
		return new NodeApplicationBuilder(name, this.binder,
				(definition) -> create(definition, "change the script where the bean is declared"));
	}

	/**
	 * Makes the application that stands under
	 * <code>iisnode.applications.&lt;name&gt;</code>; called by the bean definitions of
	 * {@link NodeApplicationRegistrar}.
	 * @param name its name
	 * @return the application
	 */
	NodeApplication configured(String name) {
		return create(this.binder.configuredApplication(name), "set iisnode.applications." + name + ".script");
	}

	private NodeApplication create(ApplicationDefinition definition, String remedy) {
		if (!Files.isRegularFile(definition.script())) {
			log.warn(
					"Node application '{}' has no script yet: there is no file {}. Put it there, or {}, relative to"
							+ " iisnode.root; until then requests are answered with 404.",
					definition.name(), definition.script(), remedy);
		}
		return this.factory.create(definition);
	}

}
