package io.iisnode.process;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecyclePolicy}, with a time of their own.
 */
class RecyclePolicyTests {

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final long MEGABYTE = 1 << 20;

	/** Near the end of what a long can hold: a time may overflow. */
	private static final long START = Long.MAX_VALUE - 1000;

	private static final ProcessLimits MEMORY = new ProcessLimits(0, null, 100 * MEGABYTE, null);

	private static final ProcessLimits DELAY = new ProcessLimits(0, null, 0, Duration.ofSeconds(5));

	private static RecyclePolicy policy(ProcessLimits limits, double chance) {
		return new RecyclePolicy(limits, INTERVAL, 5, chance, START);
	}

	private static long after(Duration duration) {
		return START + duration.toNanos();
	}

	@Test
	void withoutLimitsNothingIsExceeded() {
		RecyclePolicy policy = policy(ProcessLimits.NONE, 0);
		policy.heard(START);
		for (int i = 0; i < 10; i++) {
			policy.reported(after(Duration.ofMinutes(2)), 1L << 49, 1e9);
		}
		assertThat(policy.requestLimit()).isZero();
		assertThat(policy.exceeded(after(Duration.ofDays(1000)), Long.MAX_VALUE)).isNull();
		assertThat(policy.isStuck(after(Duration.ofDays(1000)))).isFalse();
	}

	@Test
	void ageIsReachedInTheLastTenthByChance() {
		ProcessLimits limits = new ProcessLimits(0, Duration.ofHours(1), 0, null);
		RecyclePolicy latest = policy(limits, 0);
		assertThat(latest.exceeded(after(Duration.ofMinutes(60).minusMillis(1)), 0)).isNull();
		assertThat(latest.exceeded(after(Duration.ofMinutes(60)), 0)).isEqualTo(RecycleReason.MAX_AGE);
		RecyclePolicy earliest = policy(limits, 1);
		assertThat(earliest.exceeded(after(Duration.ofMinutes(54).minusSeconds(1)), 0)).isNull();
		assertThat(earliest.exceeded(after(Duration.ofMinutes(54).plusSeconds(1)), 0)).isEqualTo(RecycleReason.MAX_AGE);
	}

	@Test
	void anAgeThatOverflowsIsNeverReached() {
		RecyclePolicy policy = policy(new ProcessLimits(0, Duration.ofSeconds(Long.MAX_VALUE), 0, null), 1);
		assertThat(policy.exceeded(after(Duration.ofDays(10_000)), 0)).isNull();
	}

	@Test
	void requestsAreStaggeredAndAtLeastOne() {
		ProcessLimits limits = new ProcessLimits(1000, null, 0, null);
		assertThat(policy(limits, 0).requestLimit()).isEqualTo(1000);
		assertThat(policy(limits, 0.5).requestLimit()).isEqualTo(950);
		assertThat(policy(limits, 1).requestLimit()).isEqualTo(900);
		assertThat(policy(new ProcessLimits(1, null, 0, null), 1).requestLimit()).isOne();
		assertThat(policy(limits, 1).exceeded(START, 899)).isNull();
		assertThat(policy(limits, 1).exceeded(START, 900)).isEqualTo(RecycleReason.MAX_REQUESTS);
	}

	@Test
	void oneMemoryPeakIsNoReasonButFiveReportsInARowAre() {
		RecyclePolicy policy = policy(MEMORY, 0);
		for (int i = 0; i < 4; i++) {
			policy.reported(after(Duration.ofMinutes(2)), 101 * MEGABYTE, 0);
		}
		policy.reported(after(Duration.ofMinutes(2)), 99 * MEGABYTE, 0);
		for (int i = 0; i < 4; i++) {
			policy.reported(after(Duration.ofMinutes(2)), 101 * MEGABYTE, 0);
			assertThat(policy.exceeded(START, 0)).isNull();
		}
		policy.reported(after(Duration.ofMinutes(2)), 101 * MEGABYTE, 0);
		assertThat(policy.exceeded(START, 0)).isEqualTo(RecycleReason.MAX_MEMORY);
		assertThat(policy.isMemoryLimitInVain()).isFalse();
	}

	@Test
	void aProcessThatWasNeverBelowTheMemoryLimitIsReplacedInVain() {
		RecyclePolicy policy = policy(MEMORY, 0);
		for (int i = 0; i < 5; i++) {
			policy.reported(after(Duration.ofMinutes(2)), 101 * MEGABYTE, 0);
		}
		assertThat(policy.exceeded(START, 0)).isEqualTo(RecycleReason.MAX_MEMORY);
		assertThat(policy.isMemoryLimitInVain()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MIN_VALUE, -1, 0, 1L << 50, Long.MAX_VALUE })
	void absurdMemoryCountsForNothing(long memory) {
		RecyclePolicy policy = policy(MEMORY, 0);
		for (int i = 0; i < 20; i++) {
			policy.reported(after(Duration.ofMinutes(2)), memory, 0);
		}
		assertThat(policy.exceeded(START, 0)).isNull();
		for (int i = 0; i < 5; i++) {
			policy.reported(after(Duration.ofMinutes(2)), memory, 0);
			policy.reported(after(Duration.ofMinutes(2)), 101 * MEGABYTE, 0);
		}
		assertThat(policy.exceeded(START, 0)).as("nor does it break a row").isEqualTo(RecycleReason.MAX_MEMORY);
	}

	@Test
	void aLongerDelayIsAReasonEvenIfItIsOver() {
		RecyclePolicy policy = policy(DELAY, 1);
		policy.listening(START);
		policy.reported(after(Duration.ofMinutes(2)), 1, 5000);
		assertThat(policy.exceeded(START, 0)).isNull();
		policy.reported(after(Duration.ofMinutes(2)), 1, 5001);
		policy.reported(after(Duration.ofMinutes(2)), 1, 0);
		assertThat(policy.exceeded(START, 0)).isEqualTo(RecycleReason.EVENT_LOOP_DELAY);
	}

	@Test
	void delaysOfTheStartDoNotCount() {
		RecyclePolicy policy = policy(DELAY, 1);
		policy.reported(after(Duration.ofSeconds(20)), 1, 10_000);
		policy.listening(after(Duration.ofSeconds(30)));
		policy.reported(after(Duration.ofSeconds(31)), 1, 10_000);
		policy.reported(after(Duration.ofSeconds(39)), 1, 10_000);
		assertThat(policy.exceeded(START, 0)).isNull();
		policy.reported(after(Duration.ofSeconds(40)), 1, 10_000);
		assertThat(policy.exceeded(START, 0)).isEqualTo(RecycleReason.EVENT_LOOP_DELAY);
	}

	@Test
	void silenceMeansStuckAfterTheDelayAndTwoReports() {
		RecyclePolicy policy = policy(DELAY, 1);
		assertThat(policy.isStuck(after(Duration.ofHours(1)))).as("not heard of yet").isFalse();
		policy.heard(after(Duration.ofSeconds(10)));
		assertThat(policy.isStuck(after(Duration.ofSeconds(17)))).isFalse();
		assertThat(policy.isStuck(after(Duration.ofMillis(17_001)))).isTrue();
		policy.heard(after(Duration.ofSeconds(17)));
		assertThat(policy.isStuck(after(Duration.ofSeconds(20)))).isFalse();
	}

	@Test
	void whileTheHostWasAwayNothingCouldBeHeard() {
		RecyclePolicy policy = policy(DELAY, 1);
		policy.heard(START);
		policy.hostWasAway(after(Duration.ofHours(8)));
		assertThat(policy.isStuck(after(Duration.ofHours(8).plusSeconds(6)))).isFalse();
		assertThat(policy.isStuck(after(Duration.ofHours(8).plusSeconds(8)))).isTrue();
	}

	@Test
	void theSilenceOfAProcessThatCannotReportMeansNothing() {
		RecyclePolicy policy = policy(DELAY, 1);
		policy.heard(START);
		policy.cannotReport();
		policy.heard(after(Duration.ofSeconds(1)));
		assertThat(policy.isStuck(after(Duration.ofHours(1)))).isFalse();
	}

}
