package io.iisnode.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.unit.DataSize;

/**
 * Words for settings that cannot be used: which property, which value, where it stands,
 * what is wrong and what would be right.
 */
final class InvalidSettings {

	private static final Pattern SETTING = Pattern.compile("[a-z]+(-[a-z]+)*");

	private final Iterable<ConfigurationPropertySource> sources;

	InvalidSettings(Iterable<ConfigurationPropertySource> sources) {
		this.sources = sources;
	}

	/**
	 * A value cannot be converted to the type of its setting.
	 * @param application name of the application, null if the setting is for all
	 * @param ex what the binder says
	 * @return the exception to throw
	 */
	NodeConfigurationException unbindable(@Nullable String application, BindException ex) {
		ConfigurationProperty property = ex.getProperty();
		String name = (property != null) ? property.getName().toString() : ex.getName().toString();
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		return new NodeConfigurationException(describe(application, name, property, String.valueOf(cause.getMessage())),
				"Correct the value of " + name + "." + hint(name, ex.getTarget()), ex);
	}

	/**
	 * A value is out of its range.
	 * @param application name of the application, null if the setting is for all
	 * @param ex the refusal; its message begins with the name of the setting
	 * @param prefixes where the setting may stand, the one that wins first
	 * @return the exception to throw
	 */
	NodeConfigurationException unusable(@Nullable String application, IllegalArgumentException ex,
			ConfigurationPropertyName... prefixes) {
		String reason = String.valueOf(ex.getMessage());
		Matcher setting = SETTING.matcher(reason);
		if (!setting.lookingAt()) {
			return new NodeConfigurationException(describe(application, null, null, reason), "Correct the settings.",
					ex);
		}
		for (ConfigurationPropertyName prefix : prefixes) {
			ConfigurationProperty property = find(prefix.append(setting.group()));
			if (property != null) {
				String name = property.getName().toString();
				return new NodeConfigurationException(describe(application, name, property, reason),
						"Correct the value of " + name + ".", ex);
			}
		}
		String name = prefixes[0].append(setting.group()).toString();
		return new NodeConfigurationException(describe(application, name, null, reason), "Set " + name + ".", ex);
	}

	private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : this.sources) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			property = (property != null) ? property : source.getConfigurationProperty(name.append("[0]"));
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	private static String describe(@Nullable String application, @Nullable String name,
			@Nullable ConfigurationProperty property, String reason) {
		StringBuilder text = new StringBuilder((application != null)
				? "A setting of the Node application '" + application + "' is not valid:" : "A setting is not valid:");
		text.append(String.format("%n"));
		if (name != null) {
			text.append(String.format("%n    Property: %s", name));
		}
		if (property != null) {
			text.append(String.format("%n    Value: \"%s\"", property.getValue()));
			text.append((property.getOrigin() != null) ? String.format("%n    Origin: %s", property.getOrigin()) : "");
		}
		return text.append(String.format("%n    Reason: %s", reason)).toString();
	}

	private static String hint(String name, Bindable<?> target) {
		Class<?> type = target.getType().resolve(Object.class);
		if (type == Duration.class) {
			return " A duration is a number and a unit, for example 500ms, 30s or 5m;"
					+ " without a unit it counts milliseconds.";
		}
		if (type == DataSize.class) {
			return " A size is a number and a unit, for example 512B, 64KB or 1MB; without a unit it counts "
					+ ((target.getAnnotation(DataSizeUnit.class) != null) ? "kilobytes." : "bytes.");
		}
		if (type == int.class) {
			return " It is a whole number.";
		}
		if (type == boolean.class) {
			return " It is true or false.";
		}
		if (type.isEnum()) {
			return " It is one of " + Arrays.stream(type.getEnumConstants())
				.map(InvalidSettings::word)
				.collect(Collectors.joining(", ")) + ".";
		}
		return (NodeSettingsProperties.class.isAssignableFrom(type))
				? " It has settings of its own: " + name + ".script names its entry file." : "";
	}

	private static String word(Object constant) {
		return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
