package io.iisnode.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.NodeApplication;

/**
 * Builds one application. See {@link NodeApplications}.
 */
public final class NodeApplicationBuilder {

	private final String name;

	private final NodeSettingsBinder binder;

	private final Function<ApplicationDefinition, NodeApplication> factory;

	private final NodeSettingsProperties settings;

	private final List<String> paths = new ArrayList<>();

	private @Nullable String script;

	NodeApplicationBuilder(String name, NodeSettingsBinder binder,
			Function<ApplicationDefinition, NodeApplication> factory) {
		this.name = name;
		this.binder = binder;
		this.factory = factory;
		this.settings = binder.newSettings();
	}

	/**
	 * Sets the entry file.
	 * @param script the file, relative to the document root
	 * @return this
	 */
	public NodeApplicationBuilder script(String script) {
		this.script = script;
		return this;
	}

	/**
	 * Adds URL patterns whose requests go to the application. Without any it is reached
	 * by the path of its script.
	 * @param patterns the patterns, for example <code>/shop/**</code>
	 * @return this
	 */
	public NodeApplicationBuilder path(String... patterns) {
		this.paths.addAll(Arrays.asList(patterns));
		return this;
	}

	/**
	 * Changes settings.
	 * @param change gets the settings as they are, at first those under
	 * <code>iisnode</code>
	 * @return this
	 */
	public NodeApplicationBuilder settings(Consumer<NodeSettingsProperties> change) {
		change.accept(this.settings);
		return this;
	}

	/**
	 * Makes the application. Its processes start with its first request.
	 * @return the application
	 * @throws NodeConfigurationException if a setting is not valid
	 */
	public NodeApplication build() {
		return this.factory.apply(this.binder.declaredApplication(this.name, this.script, this.paths, this.settings));
	}

}
