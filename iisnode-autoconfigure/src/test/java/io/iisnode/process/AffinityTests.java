package io.iisnode.process;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Affinity}.
 */
class AffinityTests {

	@Test
	void placeIsWishedForAlone() {
		assertThat(Affinity.toSlot(2).preference(3)).containsExactly(2);
		assertThat(Affinity.toSlot(3).preference(3)).isEmpty();
	}

	@Test
	void keysAreSpreadEvenly() {
		int[] counts = new int[4];
		IntStream.range(0, 10_000).forEach((i) -> counts[Affinity.ofKey("session-" + i).preference(4).get(0)]++);
		assertThat(IntStream.of(counts)).allMatch((count) -> count > 2300 && count < 2700);
	}

	@Test
	void keyNamesEachPlaceOnce() {
		assertThat(Affinity.ofKey("a").preference(5)).containsExactlyInAnyOrder(0, 1, 2, 3, 4)
			.isEqualTo(Affinity.ofKey("a").preference(5));
	}

	@Test
	void oneMorePlaceMovesOnlyItsOwnKeys() {
		for (int i = 0; i < 1000; i++) {
			List<Integer> before = Affinity.ofKey("k" + i).preference(4);
			int after = Affinity.ofKey("k" + i).preference(5).get(0);
			assertThat(after == 4 || after == before.get(0)).isTrue();
		}
	}

}
