package io.iisnode.process;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PoolMaintenance}: limits and recycles.
 */
@ExtendWith(OutputCaptureExtension.class)
class PoolMaintenanceTests extends AbstractPoolTests {

	private static final long MEGABYTE = 1 << 20;

	private static final String SMALL = "type=stats&rss=" + MEGABYTE;

	private static final String LARGE = "type=stats&rss=" + 200 * MEGABYTE;

	private static ProcessLimits age(Duration age) {
		return new ProcessLimits(0, age, 0, null);
	}

	private static ProcessLimits memory() {
		return new ProcessLimits(0, null, 100 * MEGABYTE, null);
	}

	private static ProcessLimits delay(Duration delay) {
		return new ProcessLimits(0, null, 0, delay);
	}

	@Test
	void withoutLimitsNoTimerRuns() {
		running(1, ProcessLimits.NONE);
		assertThat(this.manager.isWatching()).isFalse();
	}

	@Test
	void agedProcessesAreReplacedOneByOneAndServeUntilTheirReplacementIsReady(CapturedOutput output) {
		List<FakeNode> old = running(2, age(Duration.ofMillis(300)));
		FakeNode first = this.nodes.next();
		awaitStates(NodeProcessState.READY, NodeProcessState.READY, NodeProcessState.STARTING);
		assertThat(List.of(turn(), turn())).containsExactlyInAnyOrder(old.get(0).pid(), old.get(1).pid());
		assertNoneStarts(3);
		old.forEach(FakeNode::disobey);
		first.listen();
		await().until(() -> this.reasons.size() == 1);
		awaitStates(NodeProcessState.READY, NodeProcessState.READY, NodeProcessState.STOPPING);
		assertThat(List.of(turn(), turn())).contains(first.pid());
		assertNoneStarts(3);
		FakeNode leaving = old.get(0).received().contains("type=shutdown") ? old.get(0) : old.get(1);
		leaving.exit(0, "");
		this.nodes.next().listen();
		await().until(() -> this.reasons.size() == 2);
		assertThat(this.reasons).containsOnly(RecycleReason.MAX_AGE);
		assertThat(output).contains("is recycled, because it has reached its age (iisnode.max-process-age)");
	}

	@Test
	void aReplacementHasTheTurnOfTheOldProcess() {
		List<FakeNode> old = running(3, ProcessLimits.NONE);
		List<Long> before = List.of(turn(), turn(), turn());
		assertThat(this.manager.recycle(before.get(1), RecycleReason.ACTUATOR)).isTrue();
		FakeNode fresh = this.nodes.next().listen();
		await().until(() -> this.reasons.equals(List.of(RecycleReason.ACTUATOR)));
		assertThat(List.of(turn(), turn(), turn())).containsExactly(before.get(0), fresh.pid(), before.get(2));
		await().until(() -> old.stream().filter(FakeNode::isAlive).count() == 2);
		assertThat(this.nodes.all()).hasSize(4);
		// Nothing is left to do.
		await().until(() -> !this.manager.isWatching());
	}

	@Test
	void anActiveRequestOfAReplacedProcessFinishes() {
		FakeNode old = running(1, ProcessLimits.NONE).get(0);
		ProcessLease active = this.manager.tryLease(true);
		this.manager.recycle(old.pid(), RecycleReason.ACTUATOR);
		FakeNode fresh = this.nodes.next().listen();
		awaitStates(NodeProcessState.READY, NodeProcessState.DRAINING);
		assertThat(turn()).isEqualTo(fresh.pid());
		assertThat(old.received()).doesNotContain("type=shutdown");
		active.release();
		await().until(() -> !old.isAlive());
		assertThat(old.signals()).isEmpty();
	}

	@Test
	void anUnknownProcessIsNotRecycled() {
		running(1, ProcessLimits.NONE);
		assertThat(this.manager.recycle(1, RecycleReason.ACTUATOR)).isFalse();
		assertThat(this.manager.recycle(0, RecycleReason.ACTUATOR)).isFalse();
		assertThat(this.manager.isWatching()).isFalse();
	}

	@Test
	void aProcessThatStartsIsRecycledWhenItIsReady() {
		manager(TestSettings.of(1, 1)).start();
		FakeNode node = this.nodes.next();
		await().until(() -> this.manager.recycle(node.pid(), RecycleReason.ACTUATOR));
		assertNoneStarts(1);
		node.listen();
		FakeNode fresh = this.nodes.next();
		assertThat(this.reasons).isEmpty();
		fresh.listen();
		awaitPids(fresh);
		assertThat(this.reasons).containsExactly(RecycleReason.ACTUATOR);
	}

	@Test
	void aProcessThatEndsAlreadyIsNotRecycledAgain() {
		FakeNode old = running(1, ProcessLimits.NONE).get(0);
		ProcessLease active = this.manager.tryLease(true);
		this.manager.recycle(old.pid(), RecycleReason.ACTUATOR);
		FakeNode fresh = this.nodes.next().listen();
		awaitStates(NodeProcessState.READY, NodeProcessState.DRAINING);
		assertThat(this.manager.recycle(old.pid(), RecycleReason.ACTUATOR)).isTrue();
		active.release();
		awaitPids(fresh);
		assertNoneStarts(2);
	}

	@Test
	void whileTheReplacementDoesNotStartTheOldProcessServesAndAnotherOneIsTriedLater(CapturedOutput output) {
		FakeNode old = running(1, ProcessLimits.NONE).get(0);
		this.manager.recycle(old.pid(), RecycleReason.ACTUATOR);
		long begin = System.nanoTime();
		this.nodes.next().exit(1, "broken release");
		await().until(() -> output.toString().contains("stays, because its replacement did not start"));
		assertThat(turn()).isEqualTo(old.pid());
		FakeNode second = this.nodes.next();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
		assertThat(turn()).isEqualTo(old.pid());
		second.listen();
		awaitPids(second);
		assertThat(output.toString().split("broken release", -1)).as("told once").hasSize(2);
	}

	@Test
	void ifTheOldProcessDiesItsReplacementGetsThePlace() {
		FakeNode old = running(1, ProcessLimits.NONE).get(0);
		this.manager.recycle(old.pid(), RecycleReason.ACTUATOR);
		FakeNode fresh = this.nodes.next();
		old.exit(1, "crash");
		awaitStates(NodeProcessState.STARTING);
		assertThat(this.manager.tryLease(true)).isNull();
		fresh.listen();
		await().until(() -> this.manager.tryLease(true) != null);
		assertThat(this.nodes.all()).hasSize(2);
	}

	@Test
	void drainDuringAReplacementEndsBothProcessesAndTheTimer() {
		FakeNode old = running(1, age(Duration.ofMillis(100))).get(0);
		FakeNode fresh = this.nodes.next();
		assertThat(this.manager.isWatching()).isTrue();
		await().until(this.manager.drain()::isDone);
		assertThat(old.isAlive()).isFalse();
		assertThat(fresh.isAlive()).isFalse();
		assertThat(this.manager.isWatching()).isFalse();
		assertThat(this.manager.recycle(old.pid(), RecycleReason.ACTUATOR)).isFalse();
		assertNoneStarts(2);
	}

	@Test
	void limitsWaitWhileAllProcessesAreAboutToBeReplaced() {
		this.mayReplace = false;
		running(1, new ProcessLimits(3, Duration.ofMillis(100), 0, Duration.ofMillis(10)));
		turn();
		turn();
		turn();
		assertNoneStarts(1);
		this.mayReplace = true;
		this.nodes.next().listen();
		await().until(() -> !this.reasons.isEmpty());
	}

	@Test
	void aProcessIsReplacedAfterItsNumberOfRequests() {
		FakeNode old = running(1, new ProcessLimits(10, null, 0, null)).get(0);
		for (int i = 0; i < 8; i++) {
			turn();
		}
		assertNoneStarts(1);
		turn();
		turn();
		FakeNode fresh = this.nodes.next();
		assertThat(turn()).as("one more than it may: no request suffers").isEqualTo(old.pid());
		fresh.listen();
		awaitPids(fresh);
		assertThat(this.reasons).containsExactly(RecycleReason.MAX_REQUESTS);
	}

	@Test
	void aProcessIsReplacedWhenItsMemoryStaysAboveTheLimit() {
		FakeNode old = running(1, memory()).get(0);
		old.say(SMALL).say(LARGE).say(LARGE).say(LARGE).say(LARGE).say(SMALL).say(LARGE).say(LARGE).say(LARGE);
		await().during(Duration.ofMillis(1200))
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.nodes.all().size() == 1);
		old.say(LARGE).say(LARGE);
		FakeNode fresh = this.nodes.next().listen();
		awaitPids(fresh);
		assertThat(this.reasons).containsExactly(RecycleReason.MAX_MEMORY);
	}

	@Test
	void newProcessesThatAreTooLargeAtOnceAreReplacedEverMoreSeldom() {
		FakeNode old = running(1, memory()).get(0);
		old.say(LARGE).say(LARGE).say(LARGE).say(LARGE).say(LARGE);
		FakeNode fresh = this.nodes.next().listen();
		awaitPids(fresh);
		// It was made when five were enough; the next one is not.
		fresh.say(LARGE).say(LARGE).say(LARGE).say(LARGE).say(LARGE);
		FakeNode next = this.nodes.next().listen();
		awaitPids(next);
		next.say(LARGE).say(LARGE).say(LARGE).say(LARGE).say(LARGE);
		await().during(Duration.ofMillis(1200))
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.nodes.all().size() == 3);
		next.say(LARGE).say(LARGE).say(LARGE).say(LARGE).say(LARGE);
		this.nodes.next();
	}

	@Test
	void absurdReportsChangeNothing() {
		FakeNode node = running(1, memory()).get(0);
		for (int i = 0; i < 10; i++) {
			node.say("type=stats&rss=9223372036854775807").say("type=stats&rss=-1").say("type=stats&rss=1e99");
		}
		node.say("type=stats&rss=4711");
		await().until(() -> Long.valueOf(4711).equals(this.manager.snapshot().get(0).memory()));
		await().during(Duration.ofMillis(1200))
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.nodes.all().size() == 1);
	}

	@Test
	void aProcessWhoseEventLoopWasStuckIsReplacedInOrder() {
		FakeNode old = running(1, delay(Duration.ofMillis(50))).get(0);
		// It counts as soon as the process has listened for that long.
		await().pollInterval(Duration.ofMillis(20)).until(() -> {
			old.say("type=stats&rss=1&eventLoopDelay=1&eventLoopDelayMax=100");
			return this.nodes.all().size() > 1;
		});
		FakeNode fresh = this.nodes.next();
		assertThat(turn()).isEqualTo(old.pid());
		fresh.listen();
		awaitPids(fresh);
		assertThat(this.reasons).containsExactly(RecycleReason.EVENT_LOOP_DELAY);
	}

	@Test
	void aProcessThatIsSilentGetsNoMoreRequestsAndIsKilledAtTheEndOfTheGrace() {
		List<FakeNode> started = running(
				TestSettings.of(2, 10).limits(delay(Duration.ofMillis(500))).grace(Duration.ofMillis(800)), 2);
		FakeNode stuck = started.get(0).disobey();
		FakeNode other = started.get(1);
		ProcessLease active = leaseOf(stuck);
		FakeNode fresh = awaitFresh(other);
		assertThat(this.manager.snapshot()).as("out of turn before its replacement is ready")
			.anyMatch((process) -> process.pid() == stuck.pid() && process.state() == NodeProcessState.DRAINING);
		assertThat(turn()).isEqualTo(other.pid());
		assertThat(turn()).isEqualTo(other.pid());
		fresh.listen();
		await().until(() -> {
			other.say(SMALL);
			fresh.say(SMALL);
			return !stuck.isAlive();
		});
		assertThat(stuck.signals()).contains("SIGKILL");
		active.release();
		assertThat(this.reasons).containsExactly(RecycleReason.EVENT_LOOP_DELAY);
		awaitPids(other, fresh);
	}

	private ProcessLease leaseOf(FakeNode node) {
		ProcessLease lease = this.manager.tryLease(true);
		if (lease.pid() == node.pid()) {
			return lease;
		}
		lease.release();
		return leaseOf(node);
	}

	/**
	 * Waits for the third process while another one goes on to report.
	 */
	private FakeNode awaitFresh(FakeNode reporting) {
		await().until(() -> {
			reporting.say(SMALL);
			return this.nodes.all().size() == 3;
		});
		return this.nodes.next();
	}

	@Test
	void aProcessThatOpensAnotherListenerAtOnceStays() {
		FakeNode node = running(1, ProcessLimits.NONE).get(0);
		node.say("type=closed").say("type=listening");
		node.say("type=stats&rss=4711");
		await().until(() -> Long.valueOf(4711).equals(this.manager.snapshot().get(0).memory()));
		await().during(Duration.ofMillis(800)).until(() -> this.nodes.all().size() == 1);
		assertThat(turn()).isEqualTo(node.pid());
		assertThat(this.reasons).isEmpty();
	}

	@Test
	void aProcessThatClosesItsListenerLeavesAndIsReplaced(CapturedOutput output) {
		FakeNode old = running(1, ProcessLimits.NONE).get(0);
		ProcessLease active = this.manager.tryLease(true);
		old.say("type=closed");
		FakeNode fresh = this.nodes.next();
		awaitStates(NodeProcessState.STARTING, NodeProcessState.DRAINING);
		assertThat(this.manager.tryLease(true)).isNull();
		assertThat(active.isLost()).as("its connection cannot be made any more").isTrue();
		fresh.listen();
		await().until(() -> this.manager.tryLease(true) != null);
		active.release();
		await().until(() -> !old.isAlive());
		awaitPids(fresh);
		assertThat(this.reasons).containsExactly(RecycleReason.LISTENER_CLOSED);
		assertThat(output.toString().split("it does not listen any more", -1)).as("once").hasSize(2);
	}

}
