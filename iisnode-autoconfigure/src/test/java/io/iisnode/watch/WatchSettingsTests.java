package io.iisnode.watch;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link WatchSettings}.
 */
class WatchSettingsTests {

	private static final Duration INTERVAL = Duration.ofSeconds(5);

	@Test
	void listIsSplitAndEmptyPatternsAreLeftOut() {
		assertThat(WatchSettings.of("*.js; iisnode.yml;;", INTERVAL).patterns()).containsExactly("*.js", "iisnode.yml");
		assertThat(WatchSettings.of("", INTERVAL).patterns()).isEmpty();
		assertThat(new WatchSettings(List.of("a.js;b.js", "c.js"), INTERVAL, INTERVAL, INTERVAL).patterns())
			.containsExactly("a.js", "b.js", "c.js");
	}

	@Test
	void invalidPatternNamesTheSetting() {
		assertThatIllegalArgumentException().isThrownBy(() -> WatchSettings.of("*.js;/x.js", INTERVAL))
			.withMessage("watched-files: '/x.js' must be relative to the folder of the script");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "P2D", "PT2562047788015215H" })
	void pollingIntervalOutOfRangeNamesTheSetting(Duration interval) {
		assertThatIllegalArgumentException().isThrownBy(() -> WatchSettings.of("*.js", interval))
			.withMessageStartingWith("unc-file-changes-polling-interval must be more than 0");
	}

	@Test
	void longestDelayIsNotShorterThanTheQuietPeriod() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new WatchSettings(List.of(), INTERVAL, Duration.ofMillis(300), Duration.ofMillis(299)))
			.withMessageContaining("300 ms, but is 299 ms");
	}

}
