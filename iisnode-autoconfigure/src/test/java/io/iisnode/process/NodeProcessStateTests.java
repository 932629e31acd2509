package io.iisnode.process;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NodeProcessState}.
 */
class NodeProcessStateTests {

	@ParameterizedTest
	@CsvSource({
			// state, what may follow it
			"STARTING, READY DRAINING STOPPING EXITED", "READY, DRAINING EXITED", "DRAINING, STOPPING EXITED",
			"STOPPING, EXITED", "EXITED, ''" })
	void onlyTheDocumentedTransitionsAreLegal(NodeProcessState state, String successors) {
		for (NodeProcessState next : NodeProcessState.values()) {
			assertThat(next.mayFollow(state)).as("%s after %s", next, state)
				.isEqualTo((" " + successors + " ").contains(" " + next + " "));
		}
	}

}
