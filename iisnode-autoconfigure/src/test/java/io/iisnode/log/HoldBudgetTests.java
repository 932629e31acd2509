package io.iisnode.log;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HoldBudget}.
 */
class HoldBudgetTests {

	private final AtomicLong nanos = new AtomicLong(-500);

	private final HoldBudget budget = new HoldBudget(Duration.ofNanos(1000), this.nanos::get);

	@Test
	void allIsThereAtFirst() {
		pass(1_000_000);
		assertThat(this.budget.begin()).isEqualTo(1000);
	}

	@Test
	void whatWasSpentIsMissing() {
		hold(300);
		assertThat(this.budget.begin()).isEqualTo(700);
	}

	@Test
	void aTenthOfTheTimeComesBack() {
		hold(1000);
		pass(5000);
		assertThat(this.budget.begin()).isEqualTo(500);
	}

	@Test
	void overspendingIsPaidBack() {
		hold(1400);
		assertThat(this.budget.begin()).isZero();
		this.budget.end();
		pass(4000);
		assertThat(this.budget.begin()).isZero();
		this.budget.end();
		pass(1000);
		assertThat(this.budget.begin()).isEqualTo(100);
	}

	@Test
	void elapsedCountsFromTheBeginning() {
		this.budget.begin();
		pass(40);
		assertThat(this.budget.elapsed()).isEqualTo(40);
	}

	private void hold(long time) {
		this.budget.begin();
		pass(time);
		this.budget.end();
	}

	private void pass(long time) {
		this.nanos.addAndGet(time);
	}

}
