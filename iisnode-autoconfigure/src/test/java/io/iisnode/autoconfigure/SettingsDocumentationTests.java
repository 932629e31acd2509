package io.iisnode.autoconfigure;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.iisnode.autoconfigure.SettingsDocument.SettingMetadata;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsDocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "settings.md");

	private final List<SettingMetadata> global = read("spring-configuration-metadata.json").stream()
		.filter((setting) -> setting.name().startsWith("iisnode."))
		.toList();

	private final List<SettingMetadata> application = read(
			"spring/configuration-metadata/" + IisNodeProperties.Application.class.getName() + ".json");

	@Test
	void everySettingHasADescription() {
		assertThat(this.global).hasSizeGreaterThan(30)
			.allSatisfy((setting) -> assertThat(setting.description()).as(setting.name()).isNotBlank().endsWith("."));
		assertThat(this.application).hasSizeGreaterThan(20)
			.allSatisfy((setting) -> assertThat(setting.description()).as(setting.name()).isNotBlank().endsWith("."));
	}

	@Test
	void descriptionsOfSwitchesBeginWithWhether() {
		assertThat(this.global).filteredOn((setting) -> setting.type().equals(Boolean.class.getName()))
			.isNotEmpty()
			.allSatisfy((setting) -> assertThat(setting.description()).startsWith("Whether "));
	}

	@Test
	void pageIsUpToDate() throws IOException {
		String page = SettingsDocument.write(this.global, this.application);
		if (Boolean.getBoolean("iisnode.docs.write")) {
			Files.createDirectories(DOCUMENT.getParent());
			Files.writeString(DOCUMENT, page);
		}
		assertThat(DOCUMENT).as("Run this test with -Diisnode.docs.write=true to write the page")
			.exists()
			.content()
			.isEqualToNormalizingNewlines(page);
	}

	private static List<SettingMetadata> read(String name) {
		try {
			Path classes = Path.of(IisNodeProperties.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			JsonNode root = new JsonMapper().readTree(classes.resolve("META-INF").resolve(name));
			List<SettingMetadata> settings = new ArrayList<>();
			for (JsonNode property : root.get("properties")) {
				settings.add(new SettingMetadata(property.get("name").asString(), property.get("type").asString(),
						property.path("description").asString(""), value(property.get("defaultValue"))));
			}
			return settings;
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object value(JsonNode node) {
		if (node == null) {
			return null;
		}
		if (node.isArray()) {
			return node.valueStream().map(JsonNode::asString).toList();
		}
		return node.asString();
	}

}
