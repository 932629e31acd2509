package io.iisnode.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeepAlive}.
 */
class KeepAliveTests {

	@ParameterizedTest
	@CsvSource({ "timeout=5, 5", "'timeout=5, max=1000', 5", "'max=1000,timeout=72', 72", "timeout=0, 0" })
	void timeoutIsUnderstood(String value, int seconds) {
		assertThat(announced(new DefaultHttpHeaders().add("Keep-Alive", value)))
			.containsExactly(Duration.ofSeconds(seconds));
	}

	@ParameterizedTest
	@ValueSource(strings = { "max=1000", "timeout", "timeout=", "timeout=x", "timeout=99999999999", "" })
	void anythingElseIsIgnored(String value) {
		assertThat(announced(new DefaultHttpHeaders().add("Keep-Alive", value))).isEmpty();
	}

	@Test
	void nothingIsAnnouncedWithoutTheField() {
		assertThat(announced(EmptyHttpHeaders.INSTANCE)).isEmpty();
	}

	private static List<Duration> announced(HttpHeaders headers) {
		List<Duration> announced = new ArrayList<>();
		KeepAlive.announcedBy(headers, announced::add);
		return announced;
	}

}
