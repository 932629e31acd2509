package io.iisnode.transport;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Limits of connections.
 */
class ConnectionSettingsTests {

	@Test
	void defaultsAreThoseOfIisnode() {
		assertThat(ConnectionSettings.DEFAULTS)
			.isEqualTo(new ConnectionSettings(100, Duration.ofMillis(250), 512, Duration.ofSeconds(30)));
	}

	@Test
	void zeroIsAllowedEverywhere() {
		assertThat(new ConnectionSettings(0, Duration.ZERO, 0, Duration.ZERO).maxIdle()).isZero();
	}

	@Test
	void negativeValuesAreRefusedByTheNameOfTheirSetting() {
		Duration negative = Duration.ofMillis(-1);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ConnectionSettings(-1, Duration.ZERO, 0, Duration.ZERO))
			.withMessageStartingWith("max-named-pipe-connection-retry");
		assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionSettings(0, negative, 0, Duration.ZERO))
			.withMessageStartingWith("named-pipe-connection-retry-delay");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ConnectionSettings(0, Duration.ZERO, -1, Duration.ZERO))
			.withMessageStartingWith("max-named-pipe-connection-pool-size");
		assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionSettings(0, Duration.ZERO, 0, negative))
			.withMessageStartingWith("max-named-pipe-pooled-connection-age");
	}

}
