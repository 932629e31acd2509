package io.iisnode.application;

import java.net.InetSocketAddress;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ClientSettings}.
 */
class ClientSettingsTests {

	private static ClientSettings trusting(String network) {
		return new ClientSettings(ForwardedHeaders.NONE, false, List.of(network), List.of(), List.of(), 0);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.1.2.3, true", "10.0.0.0/8, 11.1.2.3, false", "10.0.0.1, 10.0.0.1, true",
			"10.0.0.1, 10.0.0.2, false", "10.1.2.3/8, 10.9.9.9, true", "0.0.0.0/0, 1.2.3.4, true",
			"fd00::/8, fd12::1, true", "fd00::/8, fe80::1, false", "::1, ::1, true", "::1, 127.0.0.1, false",
			"10.0.0.0/8, ::ffff:10.1.2.3, true", "10.0.0.0/8, ::1, false" })
	void networksAreCompared(String network, String address, boolean trusted) {
		InetSocketAddress peer = new InetSocketAddress(address, 1);
		assertThat(trusting(network).trustedRules()).allMatch((rule) -> rule.matches(peer) == trusted);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "localhost", "proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0",
			"fd00::/129", "10.0.0.0/x", "/8" })
	void whatIsNoNetworkIsRefused(String network) {
		assertThatIllegalArgumentException().isThrownBy(() -> trusting(network))
			.withMessageStartingWith("trusted-proxies");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a:", "*", "a*b" })
	void whatIsNoNameIsRefused(String name) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ClientSettings(ForwardedHeaders.NONE, false, List.of(), List.of(), List.of(name), 0))
			.withMessageStartingWith("dropped-request-headers");
	}

}
