package io.iisnode.log;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HostName}.
 */
class HostNameTests {

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " \n" })
	void unknownHostIsLocalhost(String name) {
		assertThat(HostName.toFileName(name)).isEqualTo("localhost");
	}

	@ParameterizedTest
	@CsvSource({ "web-1.example.org, web-1.example.org", "..\\..\\x, _._.._x", "a/b:c*d, a_b_c_d", "-rf, _rf",
			"b\u00fcro, b_ro" })
	void onlyWhatIsValidInAFileNameStays(String name, String expected) {
		assertThat(HostName.toFileName(name)).isEqualTo(expected);
	}

	@Test
	void lineEndOfTheKernelIsLeftOut() {
		assertThat(HostName.toFileName("web1\n")).isEqualTo("web1");
	}

	@Test
	void longNameIsCut() {
		assertThat(HostName.toFileName("x".repeat(300))).hasSize(64);
	}

	@Test
	void thisHostHasAName() {
		assertThat(HostName.get()).matches("[A-Za-z0-9_][A-Za-z0-9._-]*");
	}

}
