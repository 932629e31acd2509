package io.iisnode.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

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

	private final IisNodeProperties.Application own = new IisNodeProperties.Application();

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
		this.own.setScript(script);
		return this;
	}

	/**
	 * Sets the arguments of the script.
	 * @param arguments the arguments
	 * @return this
	 */
	public NodeApplicationBuilder arguments(String... arguments) {
		this.own.setArguments(List.of(arguments));
		return this;
	}

	/**
	 * Sets the folder that the processes run in. Without it it is the script's.
	 * @param directory the folder, relative to the document root
	 * @return this
	 */
	public NodeApplicationBuilder directory(String directory) {
		this.own.setDirectory(directory);
		return this;
	}

	/**
	 * Adds URL patterns whose requests go to the application. Without any it is reached
	 * by the path of its script.
	 * @param patterns the patterns, for example <code>/shop/**</code>
	 * @return this
	 */
	public NodeApplicationBuilder path(String... patterns) {
		this.own.getPath().addAll(Arrays.asList(patterns));
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
		return this.factory.apply(this.binder.declaredApplication(this.name, this.own, this.settings));
	}

}
