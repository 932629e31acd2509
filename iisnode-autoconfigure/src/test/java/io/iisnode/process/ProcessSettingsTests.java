package io.iisnode.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ProcessSettings}.
 */
class ProcessSettingsTests {

	private static void assertRefused(String setting, List<String> command, int count, int concurrency,
			Duration startupTimeout, Duration grace) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ProcessSettings(command, List.of(), count, 0, concurrency, ProcessActivation.ALL,
					ProcessSelection.ROUND_ROBIN, startupTimeout, grace, "", Map.of(), null, ProcessLimits.NONE))
			.withMessageStartingWith(setting);
	}

	@Test
	void valuesOutOfTheirRangeAreRefusedByName() {
		List<String> node = List.of("node");
		Duration second = Duration.ofSeconds(1);
		assertRefused("node-process-command-line", List.of(), 1, 1, second, second);
		assertRefused("node-process-command-line", List.of(" "), 1, 1, second, second);
		assertRefused("node-process-count-per-application", node, 0, 1, second, second);
		assertRefused("max-concurrent-requests-per-process", node, 1, 0, second, second);
		assertRefused("startup-timeout", node, 1, 1, Duration.ZERO, second);
		assertRefused("graceful-shutdown-timeout", node, 1, 1, second, Duration.ofMillis(-1));
	}

	@Test
	void sizesOfThePoolOutOfTheirRangeAreRefusedByName() {
		assertThatIllegalArgumentException().isThrownBy(() -> TestSettings.of(2, 1).minimum(3).build())
			.withMessageStartingWith("min-process-count-per-application");
		assertThatIllegalArgumentException().isThrownBy(() -> TestSettings.of(2, 1).minimum(-1).build())
			.withMessageStartingWith("min-process-count-per-application");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TestSettings.of(2, 1).idleTimeout(Duration.ofMillis(-1)).build())
			.withMessageStartingWith("idle-process-timeout");
	}

	@Test
	void limitsOutOfTheirRangeAreRefusedByName() {
		Duration negative = Duration.ofMillis(-1);
		assertThatIllegalArgumentException().isThrownBy(() -> new ProcessLimits(-1, null, 0, null))
			.withMessageStartingWith("max-requests-per-process");
		assertThatIllegalArgumentException().isThrownBy(() -> new ProcessLimits(0, negative, 0, null))
			.withMessageStartingWith("max-process-age");
		assertThatIllegalArgumentException().isThrownBy(() -> new ProcessLimits(0, null, -1, null))
			.withMessageStartingWith("max-memory-per-process");
		assertThatIllegalArgumentException().isThrownBy(() -> new ProcessLimits(0, null, 0, negative))
			.withMessageStartingWith("max-event-loop-delay");
	}

}
