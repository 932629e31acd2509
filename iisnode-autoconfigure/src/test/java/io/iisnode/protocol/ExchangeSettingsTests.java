package io.iisnode.protocol;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ExchangeSettings}.
 */
class ExchangeSettingsTests {

	@Test
	void defaultsAreThoseOfIisnode() {
		assertThat(ExchangeSettings.DEFAULTS).isEqualTo(new ExchangeSettings(4096, 65536, null, null, null));
	}

	@Test
	void valuesOutOfRangeAreRefusedByTheNameOfTheirSetting() {
		assertThatIllegalArgumentException().isThrownBy(() -> new ExchangeSettings(63, 65536, null, null, null))
			.withMessageContaining("initial-request-buffer-size");
		assertThatIllegalArgumentException().isThrownBy(() -> new ExchangeSettings(4096, 255, null, null, null))
			.withMessageContaining("max-request-buffer-size");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ExchangeSettings(4096, 65536, Duration.ZERO, null, null))
			.withMessageContaining("request-timeout");
	}

}
