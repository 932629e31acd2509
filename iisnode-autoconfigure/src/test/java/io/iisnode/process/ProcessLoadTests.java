package io.iisnode.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ProcessLoad}.
 */
class ProcessLoadTests {

	@Test
	void aReadyProcessTakesRequestsUpToTheLimit() {
		ProcessLoad load = ProcessLoad.STARTING.with(NodeProcessState.READY);
		assertThat(load.mayTakeOneMore(2)).isTrue();
		assertThat(load.plusOne().mayTakeOneMore(2)).isTrue();
		assertThat(load.plusOne().plusOne().mayTakeOneMore(2)).isFalse();
		assertThat(load.plusOne().plusOne().minusOne().mayTakeOneMore(2)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(value = NodeProcessState.class, mode = EnumSource.Mode.EXCLUDE, names = "READY")
	void aProcessThatIsNotReadyTakesNone(NodeProcessState state) {
		assertThat(new ProcessLoad(state, 0).mayTakeOneMore(1)).isFalse();
	}

	@ParameterizedTest
	@EnumSource(NodeProcessState.class)
	void aProcessIsDrainedWhenItDrainsAndTheLastRequestHasLeft(NodeProcessState state) {
		assertThat(new ProcessLoad(state, 1).isDrained()).isFalse();
		assertThat(new ProcessLoad(state, 0).isDrained()).isEqualTo(state == NodeProcessState.DRAINING);
	}

	@Test
	void theNumberSurvivesAChangeOfState() {
		ProcessLoad load = new ProcessLoad(NodeProcessState.READY, 3).with(NodeProcessState.DRAINING);
		assertThat(load).isEqualTo(new ProcessLoad(NodeProcessState.DRAINING, 3));
	}

	@Test
	void aSlotCannotBeGivenBackTwice() {
		assertThatIllegalStateException().isThrownBy(ProcessLoad.STARTING::minusOne);
	}

}
