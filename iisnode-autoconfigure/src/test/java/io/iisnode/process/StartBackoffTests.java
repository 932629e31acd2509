package io.iisnode.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartBackoffTests {

	private static final Duration WINDOW = Duration.ofSeconds(60);

	/** Begins where it is about to overflow, as that of the system may. */
	private long now = Long.MAX_VALUE - 1000;

	private double random = 0.5;

	private final StartBackoff backoff = backoff(3);

	private StartBackoff backoff(int limit) {
		return new StartBackoff(new RapidFailSettings(limit, WINDOW), () -> this.now, () -> this.random);
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

	private Duration suspend() {
		Duration delay = null;
		for (int i = 0; i < 3; i++) {
			assertThat(delay).isNull();
			delay = this.backoff.failed();
		}
		assertThat(delay).isNotNull();
		return delay;
	}

	@Test
	void belowTheLimitStartingGoesOn() {
		assertThat(this.backoff.failed()).isNull();
		assertThat(this.backoff.failed()).isNull();
		assertThat(this.backoff.mayStart()).isTrue();
		assertThat(this.backoff.untilNextTry()).isNull();
		assertThat(this.backoff.recentFailures()).isEqualTo(2);
	}

	@Test
	void atTheLimitItIsSuspendedUntilTheTryWhichIsGivenOutOnce() {
		Duration delay = suspend();
		assertThat(delay).isEqualTo(Duration.ofMillis(750));
		assertThat(this.backoff.state()).isEqualTo(StartState.SUSPENDED);
		assertThat(this.backoff.mayStart()).isFalse();
		pass(delay.minusNanos(1));
		assertThat(this.backoff.untilNextTry()).isEqualTo(Duration.ofNanos(1));
		assertThat(this.backoff.tryAgain()).isFalse();
		pass(Duration.ofNanos(1));
		assertThat(this.backoff.tryAgain()).isTrue();
		assertThat(this.backoff.tryAgain()).as("one only").isFalse();
		assertThat(this.backoff.mayStart()).as("others wait for the try").isFalse();
		assertThat(this.backoff.untilNextTry()).isZero();
	}

	@Test
	void failuresOutsideTheWindowDoNotCount() {
		for (int i = 0; i < 10; i++) {
			assertThat(this.backoff.failed()).isNull();
			pass(WINDOW.dividedBy(2));
		}
		assertThat(this.backoff.mayStart()).isTrue();
		assertThat(this.backoff.recentFailures()).isEqualTo(1);
		pass(WINDOW);
		assertThat(this.backoff.recentFailures()).isZero();
	}

	@Test
	void eachTryThatFailsDoublesTheTimeUpToAMinute() {
		List<Duration> delays = new ArrayList<>();
		delays.add(suspend());
		for (int i = 0; i < 8; i++) {
			pass(delays.get(i));
			assertThat(this.backoff.tryAgain()).isTrue();
			delays.add(this.backoff.failed());
		}
		assertThat(delays).extracting(Duration::toMillis)
			.containsExactly(750L, 1500L, 3000L, 6000L, 12000L, 24000L, 45000L, 45000L, 45000L);
	}

	@Test
	void halfOfTheTimeIsUpToChance() {
		this.random = 0;
		assertThat(suspend()).isEqualTo(Duration.ofMillis(500));
		this.backoff.reset();
		this.random = Math.nextDown(1.0);
		assertThat(suspend()).isBetween(Duration.ofMillis(999), Duration.ofMillis(1000));
	}

	@Test
	void aTryThatListensEndsTheSuspension() {
		pass(suspend());
		this.backoff.tryAgain();
		assertThat(this.backoff.ready()).isTrue();
		assertThat(this.backoff.ready()).as("told once").isFalse();
		assertThat(this.backoff.state()).isEqualTo(StartState.RECOVERED);
		assertThat(this.backoff.mayStart()).isTrue();
		assertThat(this.backoff.untilNextTry()).isNull();
	}

	@Test
	void oneFailureSoonAfterTheRecoverySuspendsForLonger() {
		pass(suspend());
		this.backoff.tryAgain();
		this.backoff.ready();
		pass(WINDOW.minusNanos(1));
		assertThat(this.backoff.failed()).isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void oneFailureLongAfterTheRecoveryIsTheFirst() {
		pass(suspend());
		this.backoff.tryAgain();
		this.backoff.ready();
		pass(WINDOW);
		assertThat(this.backoff.failed()).isNull();
		assertThat(this.backoff.state()).isEqualTo(StartState.ALLOWED);
		assertThat(this.backoff.failed()).isNull();
		assertThat(this.backoff.failed()).isEqualTo(Duration.ofMillis(750));
	}

	@Test
	void whatFailsOrListensWhileSuspendedChangesNothing() {
		Duration delay = suspend();
		assertThat(this.backoff.failed()).isNull();
		assertThat(this.backoff.ready()).isFalse();
		assertThat(this.backoff.untilNextTry()).isEqualTo(delay);
	}

	@Test
	void aResetForgetsEverything() {
		pass(suspend());
		this.backoff.tryAgain();
		assertThat(this.backoff.reset()).isTrue();
		assertThat(this.backoff.reset()).as("was suspended").isFalse();
		assertThat(this.backoff.mayStart()).isTrue();
		assertThat(this.backoff.recentFailures()).isZero();
		assertThat(suspend()).as("the first delay").isEqualTo(Duration.ofMillis(750));
	}

	@Test
	void aTimerOfBeforeTheResetIsTooEarly() {
		Duration first = suspend();
		pass(first.dividedBy(2));
		this.backoff.reset();
		suspend();
		pass(first.dividedBy(2));
		assertThat(this.backoff.tryAgain()).isFalse();
	}

	@Test
	void aLimitOfZeroNeverSuspends() {
		StartBackoff unlimited = backoff(0);
		for (int i = 0; i < 1000; i++) {
			assertThat(unlimited.failed()).isNull();
		}
		assertThat(unlimited.mayStart()).isTrue();
	}

	@Test
	void aLimitOfOneSuspendsAtOnce() {
		assertThat(backoff(1).failed()).isNotNull();
	}

}
