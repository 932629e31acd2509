package io.iisnode.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.ApplicationSettings;

/**
 * The one way from properties to settings. The settings of an application are those of
 * <code>iisnode</code>, and over them those of
 * <code>iisnode.applications.&lt;name&gt;</code>: a list replaces a list, a map is added
 * to a map.
 */
final class NodeSettingsBinder {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("iisnode");

	private static final ConfigurationPropertyName APPLICATIONS = ROOT.append("applications");

	private static final Pattern APPLICATION_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

	private final Iterable<ConfigurationPropertySource> sources;

	private final Binder binder;

	private final InvalidSettings invalid;

	NodeSettingsBinder(Environment environment) {
		this.sources = ConfigurationPropertySources.get(environment);
		this.binder = Binder.get(environment);
		this.invalid = new InvalidSettings(this.sources);
	}

	/**
	 * What concerns the host as a whole.
	 * @return the settings
	 */
	NodeHostSettings host() {
		IisNodeProperties properties = bind(null, ROOT, new IisNodeProperties());
		try {
			return NodeHostSettings.of(properties, hiddenSegments(properties));
		}
		catch (IllegalArgumentException ex) {
			throw this.invalid.unusable(null, ex, ROOT);
		}
	}

	private static List<String> hiddenSegments(IisNodeProperties properties) {
		Set<String> segments = new LinkedHashSet<>(properties.getHiddenSegments());
		List<String> directories = new ArrayList<>(List.of(properties.getLogDirectory()));
		properties.getApplications().values().forEach((application) -> directories.add(application.getLogDirectory()));
		for (String directory : directories) {
			Path path = NodeSettingsConverter.path("log-directory", directory).normalize();
			if (!path.isAbsolute() && !path.startsWith("..") && !path.toString().isEmpty()) {
				segments.add(NodeSettingsConverter.glob(path.getName(0).toString()));
			}
		}
		return List.copyOf(segments);
	}

	/**
	 * Settings of an application that has none of its own.
	 * @return the settings
	 */
	ApplicationSettings defaults() {
		try {
			return NodeSettingsConverter.convert(bind(null, ROOT, new NodeSettingsProperties()));
		}
		catch (IllegalArgumentException ex) {
			throw this.invalid.unusable(null, ex, ROOT);
		}
	}

	/**
	 * Names of the configured applications.
	 * @return the names, in the order of the property sources
	 */
	Set<String> applicationNames() {
		return configured().keySet();
	}

	/**
	 * A configured application.
	 * @param name its name
	 * @return its definition
	 */
	ApplicationDefinition configuredApplication(String name) {
		ConfigurationPropertyName prefix = configured().get(name);
		if (prefix == null) {
			throw new NodeConfigurationException("The Node application '" + name + "' is not configured any more",
					"Set " + key(name) + ".script, as it was when the application was built.", null);
		}
		NodeSettingsProperties settings = bind(name, prefix, bind(name, ROOT, new NodeSettingsProperties()));
		IisNodeProperties.Application own = bind(name, prefix, new IisNodeProperties.Application());
		Path root = host().root();
		if (!StringUtils.hasText(own.getScript())) {
			throw new NodeConfigurationException("The Node application '" + name + "' has no script.",
					"Set " + key(name) + ".script to its entry file, relative to iisnode.root (" + root
							+ "), for example " + name + "/server.js.",
					null);
		}
		try {
			return define(name, root, own, settings);
		}
		catch (IllegalArgumentException ex) {
			throw this.invalid.unusable(name, ex, prefix, ROOT);
		}
	}

	/**
	 * An application that a bean declares.
	 * @param name its name
	 * @param own what only it has
	 * @param settings its settings, made by {@link #newSettings()}
	 * @return its definition
	 */
	ApplicationDefinition declaredApplication(String name, IisNodeProperties.Application own,
			NodeSettingsProperties settings) {
		checkName(name);
		if (!StringUtils.hasText(own.getScript())) {
			throw new NodeConfigurationException(
					"The Node application '" + name + "', declared as a bean, has no script.",
					"Call script(...) before build().", null);
		}
		Path root = host().root();
		try {
			return define(name, root, own, settings);
		}
		catch (IllegalArgumentException ex) {
			throw new NodeConfigurationException("A setting of the Node application '" + name
					+ "', declared as a bean, is not valid: " + ex.getMessage(),
					"Correct it where the bean is declared.", ex);
		}
	}

	/**
	 * Settings to begin with for an application that a bean declares.
	 * @return those of <code>iisnode</code>
	 */
	NodeSettingsProperties newSettings() {
		return bind(null, ROOT, new NodeSettingsProperties());
	}

	private static ApplicationDefinition define(String name, Path root, IisNodeProperties.Application own,
			NodeSettingsProperties settings) {
		ApplicationSettings converted = NodeSettingsConverter.convert(settings);
		Path script = resolve(root, "script", Objects.requireNonNull(own.getScript()));
		converted.files().check(script);
		Path directory = StringUtils.hasText(own.getDirectory()) ? resolve(root, "directory", own.getDirectory())
				: script.resolveSibling("").normalize();
		return new ApplicationDefinition(name, script, own.getArguments(), directory,
				NodeSettingsConverter.patterns("path", own.getPath()), converted);
	}

	private static Path resolve(Path root, String setting, String path) {
		return root.resolve(NodeSettingsConverter.path(setting, path)).normalize();
	}

	private <T> T bind(@Nullable String application, ConfigurationPropertyName prefix, T target) {
		try {
			this.binder.bind(prefix, Bindable.ofInstance(target));
			return target;
		}
		catch (BindException ex) {
			throw this.invalid.unbindable(application(application, ex.getName()), ex);
		}
	}

	private static @Nullable String application(@Nullable String application, ConfigurationPropertyName name) {
		return (application == null && APPLICATIONS.isAncestorOf(name))
				? name.getElement(APPLICATIONS.getNumberOfElements(), Form.ORIGINAL) : application;
	}

	/**
	 * Finds the applications by name. Forms of one name that mean the same to Spring Boot
	 * are one application: <code>IISNODE_APPLICATIONS_MYSHOP_PATH</code> belongs to
	 * <code>iisnode.applications.my-shop</code>.
	 */
	private Map<String, ConfigurationPropertyName> configured() {
		Map<ConfigurationPropertyName, String> names = new LinkedHashMap<>();
		for (ConfigurationPropertySource source : this.sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().filter(APPLICATIONS::isAncestorOf).forEach((property) -> {
					int index = APPLICATIONS.getNumberOfElements();
					names.merge(property.chop(index + 1), property.getElement(index, Form.ORIGINAL),
							NodeSettingsBinder::fuller);
				});
			}
		}
		Map<String, ConfigurationPropertyName> configured = new LinkedHashMap<>();
		names.forEach((property, name) -> configured.put(name, property));
		configured.keySet().forEach(NodeSettingsBinder::checkName);
		return configured;
	}

	private static String fuller(String name, String other) {
		if (name.length() != other.length()) {
			return (name.length() > other.length()) ? name : other;
		}
		return (name.equals(name.toLowerCase(Locale.ROOT))) ? other : name;
	}

	private static void checkName(String name) {
		if (!APPLICATION_NAME.matcher(name).matches()) {
			throw new NodeConfigurationException("'" + name + "' cannot be the name of a Node application.",
					"Use a name of letters, digits, '-', '_' and '.' that begins with a letter or a digit.", null);
		}
	}

	private static String key(String name) {
		return APPLICATIONS + "." + ((name.indexOf('.') < 0) ? name : "[" + name + "]");
	}

}
