package io.iisnode.process;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ProcessUsage}.
 */
class ProcessUsageTests {

	@Test
	void readsWhatTheAgentSays() {
		assertThat(ProcessUsage.of(Map.of("rss", "1048576", "cpuUser", "1500", "cpuSystem", "500", "eventLoopDelay",
				"1.5", "eventLoopDelayMax", "20")))
			.isEqualTo(new ProcessUsage(1048576, Duration.ofMillis(2), 1.5, 20));
	}

	@ParameterizedTest
	@CsvSource({ "x, 0, 0", "-1, 0, 0", "1e99, 0, 0", "9223372036854775808, 0, 0", "1, NaN, 0", "1, 0, NaN",
			"1, Infinity, 0", "1, 0, -1", "'', 0, 0" })
	void whatCannotBeIsRefused(String memory, String delay, String longestDelay) {
		Map<String, String> message = Map.of("rss", memory, "eventLoopDelay", delay, "eventLoopDelayMax", longestDelay);
		assertThatExceptionOfType(NumberFormatException.class).isThrownBy(() -> ProcessUsage.of(message));
	}

}
