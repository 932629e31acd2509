package io.iisnode.log;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LogStream}.
 */
class LogStreamTests {

	@Test
	void labelsAreLowerCaseAndLeadBack() {
		assertThat(LogStream.STDOUT.label()).isEqualTo("stdout");
		assertThat(LogStream.of("stderr")).isEqualTo(LogStream.STDERR);
	}

	@Test
	void unknownLabelIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> LogStream.of("STDOUT"))
			.withMessage("No stream 'STDOUT': it is stdout or stderr");
	}

}
