package io.iisnode.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.iisnode.process.ProcessLimits;
import io.iisnode.process.ProcessSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Settings of limits and of the size of a pool.
 */
class PoolSettingsBinderTests {

	private static ProcessSettings bind(String... properties) {
		Map<String, Object> source = new HashMap<>();
		for (String property : properties) {
			source.put("iisnode." + property.split("=")[0], property.split("=")[1]);
		}
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", source));
		return new NodeSettingsBinder(environment).defaults().process();
	}

	@Test
	void limitsAreOffUnlessTheyAreSet() {
		assertThat(bind().limits()).isEqualTo(ProcessLimits.NONE);
		assertThat(bind().idleTimeout()).isNull();
		assertThat(bind().minProcessCount()).isZero();
	}

	@Test
	void limitsBind() {
		assertThat(bind("max-requests-per-process=1000", "max-process-age=6h", "max-memory-per-process=512MB",
				"max-event-loop-delay=10s")
			.limits()).isEqualTo(new ProcessLimits(1000, Duration.ofHours(6), 512 << 20, Duration.ofSeconds(10)));
	}

	@Test
	void bareNumbersAreMillisecondsAndBytes() {
		ProcessSettings settings = bind("max-process-age=60000", "max-memory-per-process=1048576",
				"max-event-loop-delay=500", "idle-process-timeout=1500");
		assertThat(settings.limits())
			.isEqualTo(new ProcessLimits(0, Duration.ofMinutes(1), 1 << 20, Duration.ofMillis(500)));
		assertThat(settings.idleTimeout()).isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void zeroIsOff() {
		ProcessSettings settings = bind("max-requests-per-process=0", "max-process-age=0", "max-memory-per-process=0",
				"max-event-loop-delay=0", "idle-process-timeout=0", "idle-page-out-time-period=0");
		assertThat(settings.limits()).isEqualTo(ProcessLimits.NONE);
		assertThat(settings.idleTimeout()).isNull();
	}

	@Test
	void iisnodesNameForTheIdleTimeoutCountsUnlessOursIsSet() {
		assertThat(bind("idlePageOutTimePeriod=2000").idleTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(bind("idle-page-out-time-period=2000", "idle-process-timeout=3s").idleTimeout())
			.isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void aMinimumBeyondTheProcessorsIsCutButNotOneBeyondTheSetting() {
		int processors = Runtime.getRuntime().availableProcessors();
		assertThat(bind("node-process-count-per-application=0", "min-process-count-per-application=100000")
			.minProcessCount()).isEqualTo(processors);
		NodeConfigurationException ex = catchThrowableOfType(NodeConfigurationException.class,
				() -> bind("min-process-count-per-application=2"));
		assertThat(ex).hasMessageContaining("Property: iisnode.min-process-count-per-application")
			.hasMessageContaining("node-process-count-per-application, which is 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-requests-per-process=-1", "max-process-age=-1s", "max-memory-per-process=-1B",
			"max-event-loop-delay=-1s", "idle-process-timeout=-1s", "idle-page-out-time-period=-1",
			"min-process-count-per-application=-1" })
	void valuesOutOfRangeAreNamed(String property) {
		NodeConfigurationException ex = catchThrowableOfType(NodeConfigurationException.class, () -> bind(property));
		assertThat(ex).hasMessageContaining("Property: iisnode." + property.split("=")[0]);
	}

}
