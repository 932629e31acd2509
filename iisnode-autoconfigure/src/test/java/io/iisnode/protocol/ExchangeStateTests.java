package io.iisnode.protocol;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExchangeState}.
 */
class ExchangeStateTests {

	private static final Set<ExchangeState> ENDS = EnumSet.of(ExchangeState.COMPLETED, ExchangeState.FAILED,
			ExchangeState.CANCELLED);

	@ParameterizedTest
	@EnumSource
	void onlyTheEndsAreFinal(ExchangeState state) {
		assertThat(state.isFinal()).isEqualTo(ENDS.contains(state));
		assertThat(successors(state).isEmpty()).isEqualTo(state.isFinal());
	}

	@ParameterizedTest
	@EnumSource
	void failureAndCancellationMayComeAnyTimeBeforeTheEnd(ExchangeState state) {
		if (!state.isFinal()) {
			assertThat(successors(state)).contains(ExchangeState.FAILED, ExchangeState.CANCELLED);
		}
	}

	@Test
	void nobodyGoesBackButForOneRepetition() {
		assertThat(ordinarySuccessors(ExchangeState.NEW)).containsOnly(ExchangeState.QUEUED, ExchangeState.CONNECTING);
		assertThat(ordinarySuccessors(ExchangeState.QUEUED)).containsOnly(ExchangeState.CONNECTING);
		assertThat(ordinarySuccessors(ExchangeState.CONNECTING)).containsOnly(ExchangeState.EXCHANGING);
		assertThat(ordinarySuccessors(ExchangeState.EXCHANGING)).containsOnly(ExchangeState.CONNECTING,
				ExchangeState.UPGRADED, ExchangeState.COMPLETED);
		assertThat(ordinarySuccessors(ExchangeState.UPGRADED)).containsOnly(ExchangeState.COMPLETED);
	}

	private static Set<ExchangeState> ordinarySuccessors(ExchangeState state) {
		Set<ExchangeState> successors = successors(state);
		successors.removeAll(EnumSet.of(ExchangeState.FAILED, ExchangeState.CANCELLED));
		return successors;
	}

	private static Set<ExchangeState> successors(ExchangeState state) {
		return Arrays.stream(ExchangeState.values())
			.filter((next) -> next.mayFollow(state))
			.collect(Collectors.toCollection(() -> EnumSet.noneOf(ExchangeState.class)));
	}

}
