package io.iisnode.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a user reads whose application does not start.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupFailureTests {

	@Test
	void settingThatCannotBeConverted(CapturedOutput output) {
		fail("iisnode.applications.shop.script=server.js", "iisnode.applications.shop.process-selection=best");
		assertThat(output).contains("APPLICATION FAILED TO START", "Node application 'shop'",
				"Property: iisnode.applications.shop.process-selection", "Value: \"best\"",
				"It is one of round-robin, least-active, sticky.");
	}

	@Test
	void settingOutOfRange(CapturedOutput output) {
		fail("iisnode.max-concurrent-requests-per-process=0");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Property: iisnode.max-concurrent-requests-per-process", "Value: \"0\"",
				"Correct the value of iisnode.max-concurrent-requests-per-process.");
	}

	@Test
	void nameThatIsTaken(CapturedOutput output) {
		fail("iisnode.applications.environment.script=server.js");
		assertThat(output).contains("APPLICATION FAILED TO START", "iisnode.applications.environment-node");
	}

	@Test
	void nameThatIsTakenLater(CapturedOutput output) {
		fail("iisnode.applications.webFluxConversionService.script=server.js");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"iisnode.applications.webFluxConversionService-node");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "named pipes lie in no folder")
	void pipeDirectoryThatIsAFile(CapturedOutput output, @TempDir Path folder) throws Exception {
		Path file = Files.createFile(folder.resolve("file"));
		fail("iisnode.pipe-directory=" + file);
		assertThat(output).contains("APPLICATION FAILED TO START", file.toString(), "Set iisnode.pipe-directory");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "named pipes lie in no folder")
	void pipeDirectoryWithALongPath(CapturedOutput output, @TempDir Path folder) {
		fail("iisnode.pipe-directory=" + folder.resolve("x".repeat(120)));
		assertThat(output).contains("APPLICATION FAILED TO START", "bytes", "Set iisnode.pipe-directory");
	}

	private static void fail(String... properties) {
		SpringApplication application = new SpringApplication(HostConfiguration.class);
		application.setWebApplicationType(WebApplicationType.REACTIVE);
		String[] arguments = new String[properties.length + 1];
		arguments[0] = "--server.port=0";
		for (int i = 0; i < properties.length; i++) {
			arguments[i + 1] = "--" + properties[i];
		}
		assertThatException().isThrownBy(() -> application.run(arguments));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class HostConfiguration {

	}

}
