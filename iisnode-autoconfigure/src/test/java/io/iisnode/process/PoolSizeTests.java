package io.iisnode.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the number of processes of a pool: the minimum, and what is idle.
 */
@ExtendWith(OutputCaptureExtension.class)
class PoolSizeTests extends AbstractPoolTests {

	@Test
	void anIdlePoolShrinksToTheMinimumAndGrowsWithTheNextRequest(CapturedOutput output) {
		List<FakeNode> started = running(TestSettings.of(3, 10).minimum(1).idleTimeout(Duration.ofMillis(300)), 3);
		await().until(() -> this.manager.snapshot().size() == 1);
		assertThat(started.stream().filter(FakeNode::isAlive)).hasSize(1);
		await().until(() -> this.reasons.equals(List.of(RecycleReason.IDLE, RecycleReason.IDLE)));
		assertThat(output).contains("ends, because no request has come for a while (iisnode.idle-process-timeout)");
		assertNoneStarts(3);
		turn();
		this.nodes.next().listen();
		this.nodes.next().listen();
		awaitStates(NodeProcessState.READY, NodeProcessState.READY, NodeProcessState.READY);
	}

	@Test
	void anIdlePoolWithoutMinimumEndsWithItsTimerAndStartsAgain() {
		FakeNode old = running(TestSettings.of(1, 10).idleTimeout(Duration.ofMillis(300)), 1).get(0);
		await().until(() -> !this.manager.isRunning());
		assertThat(old.signals()).as("asked to end").isEmpty();
		await().until(() -> !this.manager.isWatching());
		assertThat(this.manager.tryLease(true)).isNull();
		FakeNode fresh = this.nodes.next().listen();
		await().until(() -> this.manager.tryLease(true) != null);
		assertThat(fresh.isAlive()).isTrue();
		assertThat(this.manager.isWatching()).isTrue();
	}

	@Test
	void aProcessWithARequestIsNotIdleHoweverLongItLasts() {
		running(TestSettings.of(2, 10).idleTimeout(Duration.ofMillis(200)), 2);
		ProcessLease lease = this.manager.tryLease(true);
		await().until(() -> this.manager.snapshot().size() == 1);
		await().during(Duration.ofMillis(500))
			.until(() -> this.manager.snapshot().size() == 1 && this.manager.snapshot().get(0).pid() == lease.pid());
		lease.release();
		await().until(() -> !this.manager.isRunning());
	}

	@Test
	void theMinimumIsKeptReadyWithoutARequest() {
		this.nodes.onLaunch(FakeNode::listen);
		manager(TestSettings.of(3, 10).minimum(2));
		await().until(this.manager.start(2)::isDone);
		awaitStates(NodeProcessState.READY, NodeProcessState.READY);
		this.nodes.next().exit(1, "crash");
		this.nodes.next().exit(1, "crash");
		this.nodes.next();
		this.nodes.next();
		awaitStates(NodeProcessState.READY, NodeProcessState.READY);
	}

	@Test
	void theMinimumIsTriedAgainAfterAFailure() {
		this.nodes.onLaunch((node) -> node.exit(1, "not yet"));
		manager(TestSettings.of(1, 10).minimum(1));
		CompletableFuture<Void> start = this.manager.start(1);
		await().until(start::isCompletedExceptionally);
		this.nodes.onLaunch(FakeNode::listen);
		awaitStates(NodeProcessState.READY);
	}

	@Test
	void whoWaitsForTheStartIsNotForgottenByADrain() {
		CompletableFuture<Void> start = manager(TestSettings.of(2, 10)).start(2);
		this.nodes.next();
		assertThat(start).isNotDone();
		this.manager.drain();
		assertThat(start).isCompleted();
	}

	@Test
	void whoWaitsForSomeGetsThemAlsoIfOneWasStartingAlready() {
		manager(TestSettings.of(3, 1).onDemand()).start();
		FakeNode first = this.nodes.next();
		CompletableFuture<Void> start = this.manager.start(3);
		first.listen();
		this.nodes.next().listen();
		this.nodes.next().listen();
		await().until(start::isDone);
		awaitStates(NodeProcessState.READY, NodeProcessState.READY, NodeProcessState.READY);
	}

	@Test
	void whoWaitsForSomeGetsThemAlsoIfOneHasJustFailed() {
		running(TestSettings.of(2, 1), 2).get(0).exit(1, "crash");
		awaitStates(NodeProcessState.READY);
		CompletableFuture<Void> failing = this.manager.start(2);
		this.nodes.next().exit(1, "broken");
		await().until(failing::isCompletedExceptionally);
		CompletableFuture<Void> start = this.manager.start(2);
		assertThat(start).isNotDone();
		this.nodes.next().listen();
		await().until(start::isDone);
		assertThat(start).isCompleted();
	}

	@Test
	void onDemandKeepsTheMinimumAndGrowsByOne() {
		this.nodes.onLaunch(FakeNode::listen);
		manager(TestSettings.of(4, 1).minimum(2).onDemand()).start();
		awaitStates(NodeProcessState.READY, NodeProcessState.READY);
		assertThat(this.manager.tryLease(true)).isNotNull();
		assertThat(this.manager.tryLease(true)).isNotNull();
		assertThat(this.nodes.all()).hasSize(2);
		assertThat(this.manager.tryLease(true)).isNull();
		await().until(() -> this.manager.tryLease(true) != null);
		assertThat(this.nodes.all()).hasSize(3);
	}

}
