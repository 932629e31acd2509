package io.iisnode.watch;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Settling}.
 */
class SettlingTests {

	private final Settling settling = new Settling(Duration.ofNanos(10), Duration.ofNanos(25));

	@Test
	void nothingIsDueWhenNothingChanged() {
		assertThat(this.settling.take(0)).isNull();
		assertThat(this.settling.remaining(0)).isEqualTo(Long.MAX_VALUE);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -5, Long.MAX_VALUE - 3, Long.MIN_VALUE })
	void changeIsDueAfterTheQuietPeriodWhereverTheClockStands(long start) {
		assertThat(this.settling.changed(start)).isTrue();
		assertThat(this.settling.take(start + 9)).isNull();
		assertThat(this.settling.remaining(start + 9)).isEqualTo(1);
		assertThat(this.settling.take(start + 10)).isNotNull();
		assertThat(this.settling.take(start + 10)).isNull();
	}

	@Test
	void eachChangeStartsTheQuietPeriodAnew() {
		this.settling.changed(0);
		assertThat(this.settling.changed(9)).isFalse();
		assertThat(this.settling.take(18)).isNull();
		assertThat(this.settling.take(19)).isNotNull();
	}

	@Test
	void constantChangesAreDueAfterTheLongestDelay() {
		for (int now = 0; now < 25; now++) {
			this.settling.changed(now);
			assertThat(this.settling.take(now)).isNull();
		}
		assertThat(this.settling.take(25)).isNotNull();
	}

	@Test
	void whatIsPutBackKeepsItsFirstTime() {
		this.settling.changed(0);
		Settling.Unrest taken = this.settling.take(10);
		assertThat(taken).isNotNull();
		assertThat(this.settling.isOverdue(taken, 24)).isFalse();
		assertThat(this.settling.isOverdue(taken, 25)).isTrue();
		this.settling.putBack(taken, 20);
		assertThat(this.settling.remaining(20)).isEqualTo(5);
	}

}
