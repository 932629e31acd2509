package io.iisnode.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.iisnode.application.ForwardedHeaders;
import io.iisnode.application.RecycleStrategy;
import io.iisnode.application.ServerVariable;
import io.iisnode.application.StickySettings;
import io.iisnode.process.ProcessActivation;
import io.iisnode.process.ProcessSelection;

/**
 * Writes the page of all settings from the metadata that the compiler made.
 */
final class SettingsDocument {

	private static final String PREFIX = "iisnode.";

	private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("java.lang.String", "text"),
			Map.entry("java.lang.Integer", "whole number"), Map.entry("java.lang.Boolean", "`true`, `false`"),
			Map.entry("java.time.Duration", "duration"), Map.entry("org.springframework.util.unit.DataSize", "size"),
			Map.entry("java.util.List<java.lang.String>", "list"),
			Map.entry("java.util.Map<java.lang.String,java.lang.String>", "map"),
			Map.entry("java.util.List<" + ServerVariable.class.getName() + ">", "list of server variables"),
			Map.entry(ForwardedHeaders.class.getName(), words(ForwardedHeaders.values())),
			Map.entry(ProcessActivation.class.getName(), words(ProcessActivation.values())),
			Map.entry(ProcessSelection.class.getName(), words(ProcessSelection.values())),
			Map.entry(RecycleStrategy.class.getName(), words(RecycleStrategy.values())),
			Map.entry(StickySettings.SameSite.class.getName(), words(StickySettings.SameSite.values())));

	private static final String INTRODUCTION = """
			# Settings

			All settings of iisnode for Spring Boot. They stand in `application.yml`, `application.properties`,
			environment variables or wherever else Spring Boot reads properties from.

			<!-- Generated from the sources by SettingsDocumentationTests. To change it, change the Javadoc there
			and run the tests of iisnode-autoconfigure with -Diisnode.docs.write=true -->

			```yaml
			iisnode:
			  max-pending-time: 10s                    # for all applications
			  applications:
			    shop:                                  # the name of an application, and of its bean
			      script: shop/server.js
			      path: /shop/**
			      max-pending-time: 2s                 # for this one
			      environment:
			        DATABASE_URL: postgres://db/shop
			```

			- A **duration** is a number and a unit: `250ms`, `30s`, `5m`. Without a unit it counts milliseconds.
			- A **size** is a number and a unit: `512B`, `64KB`, `1MB`. Without a unit it counts bytes, and kilobytes
			  where the name of the setting says so.
			- A **list** is a list in YAML, or text with commas. One of an application replaces the one of all.
			- A **map** of an application is added to the one of all.
			- Names of variables in `environment` keep their case in YAML and in properties files. In environment
			  variables of the host they cannot; but the processes have those anyway.
			- iisnode's own names work too: `nodeProcessCountPerApplication` is `node-process-count-per-application`.
			  As an environment variable it is `IISNODE_NODEPROCESSCOUNTPERAPPLICATION`, and for one application
			  `IISNODE_APPLICATIONS_SHOP_NODEPROCESSCOUNTPERAPPLICATION`.
			- The name of an application has letters, digits, `-`, `_` and `.`; one with a dot stands in brackets:
			  `"[shop.v2]"`.
			""";

	private SettingsDocument() {
	}

	/**
	 * Writes the page.
	 * @param global what may stand under <code>iisnode</code>
	 * @param application what may stand under an application
	 * @return Markdown
	 */
	static String write(Collection<SettingMetadata> global, Collection<SettingMetadata> application) {
		List<String> ofApplication = application.stream().map(SettingMetadata::name).toList();
		List<String> ofAll = global.stream().map((setting) -> setting.name().substring(PREFIX.length())).toList();
		Predicate<SettingMetadata> own = (setting) -> !ofAll.contains(setting.name());
		Predicate<SettingMetadata> shared = (setting) -> ofApplication
			.contains(setting.name().substring(PREFIX.length()));
		return INTRODUCTION + section("For one application", """
				They stand under `iisnode.applications.<name>`.""", application, own, "")
				+ section("For all applications or for one", """
						They stand under `iisnode`, and under `iisnode.applications.<name>`, where they win.""", global,
						shared, PREFIX)
				+ section("For the host", """
						They stand under `iisnode` only.""", global,
						shared.negate().and((setting) -> !setting.name().equals(PREFIX + "applications")), PREFIX);
	}

	private static String section(String title, String text, Collection<SettingMetadata> settings,
			Predicate<SettingMetadata> filter, String prefix) {
		return "\n## " + title + "\n\n" + text + "\n\n| setting | type | default | meaning |\n|---|---|---|---|\n"
				+ settings.stream()
					.filter(filter)
					.map((setting) -> row(setting, prefix))
					.sorted()
					.collect(Collectors.joining());
	}

	private static String row(SettingMetadata setting, String prefix) {
		return "| `" + setting.name().substring(prefix.length()) + "` | " + type(setting) + " | " + value(setting)
				+ " | " + escape(setting.description()) + " |\n";
	}

	private static String type(SettingMetadata setting) {
		String type = TYPES.get(setting.type());
		if (type == null) {
			throw new IllegalStateException("No word for the type " + setting.type() + " of " + setting.name());
		}
		return type;
	}

	private static String value(SettingMetadata setting) {
		if (setting.defaultValue() instanceof Collection<?> values) {
			return values.stream().map((value) -> "`" + value + "`").collect(Collectors.joining(", "));
		}
		Object value = setting.defaultValue();
		return (value == null || value.toString().isEmpty()) ? "" : "`" + value + "`";
	}

	private static String escape(String text) {
		return text.replaceAll("[*_|<>]", "\\\\$0");
	}

	private static String words(Enum<?>[] constants) {
		return Arrays.stream(constants)
			.map((constant) -> "`" + constant.name().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
			.collect(Collectors.joining(", "));
	}

	/**
	 * What the metadata says about a setting.
	 *
	 * @param name its name
	 * @param type its Java type
	 * @param description what it means
	 * @param defaultValue its default, null if there is none
	 */
	record SettingMetadata(String name, String type, String description, Object defaultValue) {
	}

}
