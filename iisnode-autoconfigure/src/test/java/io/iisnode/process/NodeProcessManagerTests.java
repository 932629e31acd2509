package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link NodeProcessManager} with processes that do what they are told.
 */
@ExtendWith(OutputCaptureExtension.class)
class NodeProcessManagerTests {

	@TempDir
	private Path folder;

	private FakeNodes nodes;

	private final AtomicInteger slotsFree = new AtomicInteger();

	private final AtomicInteger recycles = new AtomicInteger();

	private final BlockingQueue<ProcessStartException> failures = new LinkedBlockingQueue<>();

	@BeforeEach
	void create() {
		this.nodes = new FakeNodes(this.folder);
	}

	@AfterEach
	void close() {
		this.nodes.close();
	}

	private NodeProcessManager manager(ProcessSettings settings) {
		return new NodeProcessManager(this.nodes.context(settings), 1, new PoolListener() {

			@Override
			public void slotsFree() {
				NodeProcessManagerTests.this.slotsFree.incrementAndGet();
			}

			@Override
			public void startFailed(ProcessStartException failure) {
				NodeProcessManagerTests.this.failures.add(failure);
			}

			@Override
			public void retryDue() {
			}

			@Override
			public void recycleRequested() {
				NodeProcessManagerTests.this.recycles.incrementAndGet();
			}

		});
	}

	private NodeProcessManager running(ProcessSettings settings) {
		this.nodes.onLaunch(FakeNode::listen);
		NodeProcessManager manager = manager(settings);
		manager.start();
		await().until(() -> states(manager).equals(allReady(settings.processCount())));
		return manager;
	}

	private static List<NodeProcessState> allReady(int count) {
		return new ArrayList<>(Collections.nCopies(count, NodeProcessState.READY));
	}

	private static List<NodeProcessState> states(NodeProcessManager manager) {
		return manager.snapshot().stream().map(ProcessSnapshot::state).toList();
	}

	private ProcessStartException failure() throws InterruptedException {
		ProcessStartException failure = this.failures.poll(10, TimeUnit.SECONDS);
		assertThat(failure).as("a failure").isNotNull();
		return failure;
	}

	@Test
	void nothingRunsUntilItIsNeeded() {
		NodeProcessManager manager = manager(FakeNodes.settings(2, 1));
		assertThat(manager.isRunning()).isFalse();
		assertThat(manager.tryLease(true)).isNull();
		assertThat(manager.isRunning()).isTrue();
		this.nodes.next();
		this.nodes.next();
		assertThat(this.nodes.all()).hasSize(2);
	}

	@Test
	void noLeaseIsGivenUntilAllAreReadyAndThenTurnsAreStrict() {
		NodeProcessManager manager = manager(FakeNodes.settings(3, 2));
		manager.start();
		List<FakeNode> started = List.of(this.nodes.next(), this.nodes.next(), this.nodes.next());
		started.get(2).listen();
		started.get(0).listen();
		await().until(() -> states(manager).stream().filter(NodeProcessState.READY::equals).count() == 2);
		assertThat(manager.isOpen()).isFalse();
		assertThat(manager.tryLease(true)).isNull();
		started.get(1).listen();
		await().until(manager::isOpen);
		List<Long> turns = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			turns.add(manager.tryLease(true).pid());
		}
		assertThat(turns.subList(0, 3)).doesNotHaveDuplicates().isEqualTo(turns.subList(3, 6));
		assertThat(manager.tryLease(true)).isNull();
	}

	@Test
	void theWaitForASlowerProcessEndsAfterOneSecond() {
		NodeProcessManager manager = manager(FakeNodes.settings(2, 1));
		manager.start();
		FakeNode fast = this.nodes.next();
		this.nodes.next();
		long begin = System.nanoTime();
		fast.listen();
		await().atMost(Duration.ofSeconds(3)).until(manager::isOpen);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
		assertThat(this.slotsFree).hasPositiveValue();
		assertThat(manager.tryLease(true).pid()).isEqualTo(fast.pid());
		assertThat(manager.tryLease(true)).isNull();
	}

	@Test
	void aFailedProcessDoesNotHoldUpTheOthers() {
		NodeProcessManager manager = manager(FakeNodes.settings(2, 1));
		manager.start();
		FakeNode good = this.nodes.next().listen();
		this.nodes.next().exit(1, "oops");
		await().until(manager::isOpen);
		assertThat(manager.tryLease(true).pid()).isEqualTo(good.pid());
		assertThat(this.failures).isEmpty();
	}

	@Test
	void whoWaitsIsRemindedWhenAFailedProcessMayBeTriedAgain() {
		NodeProcessManager manager = manager(FakeNodes.settings(2, 1));
		manager.start();
		this.nodes.next().listen();
		this.nodes.next().exit(1, "oops");
		await().until(manager::isOpen);
		await().until(() -> manager.tryLease(true) != null);
		assertThat(manager.tryLease(true)).isNull();
		assertThat(this.nodes.all()).as("not at once").hasSize(2);
		AtomicInteger reminded = new AtomicInteger();
		await().until(() -> {
			if (reminded.getAndSet(this.slotsFree.get()) != this.slotsFree.get()) {
				assertThat(manager.tryLease(true)).isNull();
			}
			return this.nodes.all().size() == 3;
		});
		FakeNode second = this.nodes.next().listen();
		await().until(() -> states(manager).equals(allReady(2)));
		assertThat(manager.tryLease(true).pid()).isEqualTo(second.pid());
	}

	@Test
	void aScriptThatFailsIsStartedAgainOnlyWhenItIsAskedForAgain(CapturedOutput output) throws Exception {
		this.nodes.onLaunch((node) -> node.exit(3, "SyntaxError: boom"));
		NodeProcessManager manager = manager(FakeNodes.settings(3, 1));
		assertThat(manager.tryLease(true)).isNull();
		ProcessStartException failure = failure();
		assertThat(failure).hasMessageContaining("exit code 3").hasMessageContaining("SyntaxError: boom");
		assertThat(failure.exitCode()).isEqualTo(3);
		assertThat(failure.isConfiguration()).isFalse();
		await().until(() -> !manager.isRunning());
		assertThat(this.nodes.all()).hasSize(3);
		assertThat(this.slotsFree).hasValue(0);
		assertThat(this.failures).as("told once").isEmpty();
		assertThat(output.toString().split("SyntaxError: boom", -1)).as("logged once").hasSize(2);
		assertThat(manager.tryLease(true)).isNull();
		failure();
		assertThat(this.nodes.all()).hasSize(6);
	}

	@Test
	void aLauncherThatFailsInAnyWayIsAnErrorOfTheConfiguration() throws Exception {
		this.nodes.onLaunch((node) -> {
			throw new IllegalArgumentException("Invalid environment variable name: \"A=B\"");
		});
		NodeProcessManager manager = manager(FakeNodes.settings(1, 1));
		manager.tryLease(true);
		ProcessStartException failure = failure();
		assertThat(failure.isConfiguration()).isTrue();
		assertThat(failure).hasMessageContaining("A=B").hasMessageContaining("Correct its command line");
		assertThat(manager.isRunning()).isFalse();
	}

	@Test
	void aMissingScriptIsToldAsSuch() throws Exception {
		Files.delete(this.nodes.script());
		manager(FakeNodes.settings(1, 1)).start();
		assertThat(failure()).isInstanceOf(ScriptNotFoundException.class)
			.hasMessageContaining(this.nodes.script().toString());
		assertThat(this.nodes.all()).isEmpty();
	}

	@Test
	void aVersionThatIsTooOldIsNeverUsedEvenIfItListens() throws Exception {
		this.nodes.onLaunch((node) -> node.say("type=started&node=v18.20.4\ntype=listening"));
		NodeProcessManager manager = manager(FakeNodes.settings(1, 1));
		manager.tryLease(true);
		ProcessStartException failure = failure();
		assertThat(failure.isConfiguration()).isTrue();
		assertThat(failure).hasMessageContaining("v18.20.4").hasMessageContaining(NodeVersion.MINIMUM);
		assertThat(this.nodes.next().signals()).containsExactly("SIGKILL");
		assertThat(this.slotsFree).hasValue(0);
	}

	@Test
	void aProcessThatNeverListensIsKilledAtTheEndOfItsTime() throws Exception {
		NodeProcessManager manager = manager(TestSettings.of(1, 1).startupTimeout(Duration.ofMillis(100)).build());
		manager.tryLease(true);
		assertThat(failure()).hasMessageContaining("100 ms").hasMessageContaining("iisnode.startup-timeout");
		assertThat(this.nodes.next().signals()).containsExactly("SIGKILL");
	}

	@Test
	void aCrashIsReplacedWhenSomebodyAsks() {
		NodeProcessManager manager = running(FakeNodes.settings(2, 1));
		FakeNode dead = this.nodes.next();
		FakeNode other = this.nodes.next();
		dead.exit(1, "crash");
		await().until(() -> states(manager).equals(allReady(1)));
		assertThat(this.nodes.all()).hasSize(2);
		assertThat(manager.tryLease(true).pid()).isEqualTo(other.pid());
		FakeNode replacement = this.nodes.next();
		await().until(() -> states(manager).equals(allReady(2)));
		assertThat(manager.tryLease(true).pid()).isEqualTo(replacement.pid());
	}

	@Test
	void aDeadProcessWhoseChildHoldsItsOutputIsReplacedAtOnce() {
		NodeProcessManager manager = running(FakeNodes.settings(1, 1));
		FakeNode dead = this.nodes.next();
		ProcessLease lease = manager.tryLease(true);
		dead.die(137);
		await().atMost(Duration.ofSeconds(1)).until(() -> !manager.isRunning());
		lease.release();
		await().atMost(Duration.ofSeconds(1)).until(() -> manager.tryLease(true) != null);
		String pipe = dead.command().environment().get("PORT");
		assertThat(this.nodes.transport().isDeleted(pipe)).isTrue();
	}

	@Test
	void onDemandStartsOneMoreOnlyWhenAllAreFull() {
		this.nodes.onLaunch(FakeNode::listen);
		NodeProcessManager manager = manager(
				FakeNodes.settings(3, 2, ProcessActivation.ON_DEMAND, ProcessSelection.ROUND_ROBIN));
		for (int count = 1; count <= 3; count++) {
			int expected = count;
			await().until(() -> manager.tryLease(true) != null);
			assertThat(manager.tryLease(true)).isNotNull();
			assertThat(this.nodes.all()).hasSize(expected);
			assertThat(manager.tryLease(true)).isNull();
			assertThat(manager.tryLease(true)).as("one is starting already").isNull();
		}
		assertThat(manager.snapshot()).hasSize(3);
	}

	@Test
	void leastActiveChoosesTheIdlestAndTakesTurnsAmongEquals() {
		NodeProcessManager manager = running(
				FakeNodes.settings(3, 9, ProcessActivation.ALL, ProcessSelection.LEAST_ACTIVE));
		ProcessLease first = manager.tryLease(true);
		ProcessLease second = manager.tryLease(true);
		ProcessLease third = manager.tryLease(true);
		assertThat(List.of(first.pid(), second.pid(), third.pid())).doesNotHaveDuplicates();
		manager.tryLease(true);
		second.release();
		assertThat(manager.tryLease(true).pid()).isEqualTo(second.pid());
		third.release();
		assertThat(manager.tryLease(true).pid()).isEqualTo(third.pid());
	}

	@Test
	void drainEndsAProcessWhenItsLastRequestHasLeft() {
		NodeProcessManager manager = running(FakeNodes.settings(1, 2));
		FakeNode node = this.nodes.next();
		ProcessLease lease = manager.tryLease(true);
		CompletableFuture<Void> drained = manager.drain();
		assertThat(manager.tryLease(true)).isNull();
		assertThat(states(manager)).containsExactly(NodeProcessState.DRAINING);
		assertThat(node.received()).doesNotContain("type=shutdown");
		lease.release();
		lease.release();
		await().until(drained::isDone);
		assertThat(node.received()).containsOnlyOnce("type=shutdown");
		assertThat(node.signals()).isEmpty();
		assertThat(manager.isRunning()).isFalse();
	}

	@Test
	void drainWhileStartingKills() {
		NodeProcessManager manager = manager(FakeNodes.settings(1, 1));
		manager.start();
		FakeNode node = this.nodes.next().disobey();
		CompletableFuture<Void> drained = manager.drain();
		await().until(drained::isDone);
		assertThat(node.signals()).containsExactly("SIGKILL");
		assertThat(this.failures).isEmpty();
	}

	@Test
	void theEndComesAsMessageThenSignalThenKill() {
		NodeProcessManager manager = running(TestSettings.of(1, 1).grace(Duration.ofMillis(600)).build());
		FakeNode node = this.nodes.next().disobey();
		long begin = System.nanoTime();
		CompletableFuture<Void> drained = manager.drain();
		await().until(() -> node.received().contains("type=shutdown"));
		await().until(() -> node.signals().contains("SIGTERM"));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(280));
		await().until(drained::isDone);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(580));
		assertThat(node.signals()).containsExactly("SIGTERM", "SIGKILL");
	}

	@Test
	void graceOfZeroKillsAtOnceWhateverIsActive() {
		NodeProcessManager manager = running(TestSettings.of(1, 1).grace(Duration.ZERO).build());
		FakeNode node = this.nodes.next();
		ProcessLease lease = manager.tryLease(true);
		await().until(manager.drain()::isDone);
		assertThat(node.signals()).containsExactly("SIGKILL");
		lease.release();
	}

	@Test
	void theWishOfAProcessToBeRecycledIsPassedOn() {
		running(FakeNodes.settings(1, 1));
		this.nodes.next().say("type=recycle");
		await().until(() -> this.recycles.get() == 1);
	}

	@Test
	void reportedFiguresAreInTheSnapshot() throws IOException {
		NodeProcessManager manager = running(FakeNodes.settings(1, 1));
		assertThat(manager.snapshot().get(0).memory()).isNull();
		this.nodes.next()
			.say("type=stats&rss=1048576&cpuUser=1500000&cpuSystem=250000&eventLoopDelay=1.5")
			.say("type=stats&rss=x");
		await().until(() -> manager.snapshot().get(0).eventLoopDelay() != null);
		assertThat(manager.snapshot().get(0).memory()).isEqualTo(1048576);
		assertThat(manager.snapshot().get(0).cpuTime()).isEqualTo(Duration.ofMillis(1750));
		assertThat(manager.snapshot().get(0).eventLoopDelay()).isEqualTo(1.5);
	}

}
