package io.iisnode.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
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
 * Tests for {@link NodeProcessManager} whose processes fail too often.
 */
@ExtendWith(OutputCaptureExtension.class)
class RapidFailTests {

	private static final RapidFailSettings THREE = new RapidFailSettings(3, Duration.ofMinutes(5));

	@TempDir
	private Path folder;

	private FakeNodes nodes;

	private ProcessContext context;

	private NodeProcessManager current;

	private final AtomicInteger slotsFree = new AtomicInteger();

	private final BlockingQueue<ProcessStartException> failures = new LinkedBlockingQueue<>();

	@BeforeEach
	void create() {
		this.nodes = new FakeNodes(this.folder);
	}

	@AfterEach
	void close() {
		this.nodes.close();
	}

	private NodeProcessManager manager(int processes) {
		this.context = this.nodes.context(FakeNodes.settings(processes, 1), THREE);
		return manager();
	}

	private NodeProcessManager manager() {
		this.current = new NodeProcessManager(this.context, 1, new PoolListener() {

			@Override
			public void slotsFree() {
				RapidFailTests.this.slotsFree.incrementAndGet();
			}

			@Override
			public void startFailed(ProcessStartException failure) {
				RapidFailTests.this.failures.add(failure);
			}

			@Override
			public void retryDue() {
				RapidFailTests.this.current.tryAgain();
			}

			@Override
			public void recycleRequested() {
			}

		});
		return this.current;
	}

	private StartState state() {
		return this.context.rapidFail().snapshot().state();
	}

	private ProcessStartException failure() throws InterruptedException {
		ProcessStartException failure = this.failures.poll(10, TimeUnit.SECONDS);
		assertThat(failure).as("a failure").isNotNull();
		return failure;
	}

	private void failThrice(NodeProcessManager manager) throws InterruptedException {
		this.nodes.onLaunch((node) -> node.exit(3, "SyntaxError: boom"));
		for (int i = 0; i < 3; i++) {
			assertThat(manager.suspension()).isNull();
			assertThat(manager.tryLease(true)).isNull();
			assertThat(failure()).hasMessageContaining("boom");
		}
		await().until(() -> this.context.exits().exits().size() == 3);
	}

	@Test
	void whenTooManyStartsFailNoneIsStartedButTheTry(CapturedOutput output) throws Exception {
		NodeProcessManager manager = manager(1);
		failThrice(manager);
		assertThat(state()).isEqualTo(StartState.SUSPENDED);
		int launched = this.nodes.all().size();
		assertThat(manager.tryLease(true)).isNull();
		manager.start();
		assertThat(this.nodes.all()).hasSize(launched).hasSize(3);
		assertThat(manager.suspension()).isInstanceOfSatisfying(StartsSuspendedException.class, (ex) -> {
			assertThat(ex.retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(1));
			assertThat(ex.isConfiguration()).isFalse();
			assertThat(ex.exitCode()).isEqualTo(3);
			assertThat(ex.lastWords()).contains("boom");
			assertThat(ex.getStackTrace()).isEmpty();
		});
		this.nodes.onLaunch(FakeNode::listen);
		// Nobody asks for it.
		await().until(() -> this.nodes.all().size() == 4);
		await().until(() -> state() == StartState.RECOVERED);
		await().until(() -> manager.tryLease(true) != null);
		assertThat(manager.suspension()).isNull();
		assertThat(output.toString().split("Application 'test' fails: 3 of its processes", -1)).hasSize(2);
		assertThat(output.toString().split("Application 'test' is started again when", -1)).hasSize(2);
	}

	@Test
	void triesThatFailAreNotLoggedAgain(CapturedOutput output) throws Exception {
		NodeProcessManager manager = manager(1);
		failThrice(manager);
		await().until(() -> this.nodes.all().size() == 4);
		assertThat(failure()).isInstanceOf(StartsSuspendedException.class)
			.hasMessageContaining("next try in")
			.hasMessageContaining("boom");
		assertThat(state()).isEqualTo(StartState.SUSPENDED);
		assertThat(output.toString().split("Application 'test' fails: 3 of its processes", -1)).hasSize(2);
		// Each of the three requests was told of, as each start was its own.
		assertThat(output.toString().split("ERROR.*ended before it listened", -1)).hasSize(4);
	}

	@Test
	void processesThatServeGoOnWhileOthersAreNotStarted() {
		this.nodes.onLaunch(FakeNode::listen);
		NodeProcessManager manager = manager(4);
		manager.start();
		await().until(manager::isOpen);
		FakeNode good = this.nodes.next();
		for (int i = 0; i < 3; i++) {
			this.nodes.next().exit(1, "crash");
		}
		await().until(() -> state() == StartState.SUSPENDED);
		await().until(() -> manager.snapshot().size() == 1);
		assertThat(manager.suspension()).as("one serves").isNull();
		assertThat(manager.tryLease(true).pid()).isEqualTo(good.pid());
		assertThat(manager.tryLease(true)).isNull();
		// The try, and then, as somebody asks, the others.
		await().until(() -> state() == StartState.RECOVERED);
		await().until(() -> {
			manager.tryLease(true);
			return this.nodes.all().size() == 4 + 3;
		});
	}

	@Test
	void crashesSuspendAsFailedStartsDo() {
		this.nodes.onLaunch(FakeNode::listen);
		NodeProcessManager manager = manager(1);
		for (int i = 0; i < 3; i++) {
			await().until(() -> manager.tryLease(true) != null);
			int before = this.slotsFree.get();
			this.nodes.next().exit(137, "");
			await().until(() -> !manager.isRunning() && this.slotsFree.get() > before);
		}
		assertThat(manager.suspension()).isInstanceOf(StartsSuspendedException.class);
		assertThat(this.failures).isEmpty();
	}

	@Test
	void anEndThatTheHostWantedDoesNotCount() {
		this.nodes.onLaunch(FakeNode::listen);
		NodeProcessManager manager = manager(4);
		manager.start();
		await().until(manager::isOpen);
		await().until(manager.drain()::isDone);
		assertThat(this.context.rapidFail().snapshot().recentFailures()).isZero();
		assertThat(this.context.exits().exits()).hasSize(4).allMatch(ProcessExit::isExpected);
	}

	@Test
	void aGenerationThatMayNotTakeOverDoesNotCount() throws Exception {
		this.nodes.onLaunch((node) -> node.exit(3, "SyntaxError: boom"));
		NodeProcessManager manager = manager(4);
		manager.startAsCandidate();
		failure();
		assertThat(state()).isEqualTo(StartState.ALLOWED);
		assertThat(this.context.rapidFail().snapshot().recentFailures()).isZero();
		await().until(() -> this.context.exits().exits().size() == 4);
		assertThat(this.context.exits().exits()).extracting(ProcessExit::reason).containsOnly(ExitReason.START_FAILURE);
	}

	@Test
	void aMissingScriptIsNoFailureOfAProcess() throws Exception {
		Files.delete(this.nodes.script());
		NodeProcessManager manager = manager(1);
		for (int i = 0; i < 10; i++) {
			manager.tryLease(true);
			assertThat(failure()).isInstanceOf(ScriptNotFoundException.class);
		}
		assertThat(state()).isEqualTo(StartState.ALLOWED);
		assertThat(this.context.exits().exits()).isEmpty();
	}

	@Test
	void aScriptThatIsDeletedWhileSuspendedIsMissingAtTheTry() throws Exception {
		NodeProcessManager manager = manager(1);
		failThrice(manager);
		Files.delete(this.nodes.script());
		assertThat(failure()).isInstanceOf(ScriptNotFoundException.class);
		assertThat(state()).isEqualTo(StartState.ALLOWED);
		assertThat(manager.suspension()).isNull();
	}

	@Test
	void aDrainedManagerTriesNothing() throws Exception {
		NodeProcessManager manager = manager(1);
		failThrice(manager);
		manager.drain();
		await().until(() -> Duration.ZERO.equals(this.context.rapidFail().suspension().retryAfter()));
		assertThat(this.nodes.all()).hasSize(3);
	}

	@Test
	void whatADrainedManagerHasSuspendedIsTriedByTheNextOne() throws Exception {
		NodeProcessManager old = manager(1);
		failThrice(old);
		old.drain();
		this.nodes.onLaunch(FakeNode::listen);
		NodeProcessManager next = manager();
		assertThat(next.tryLease(true)).isNull();
		await().until(() -> state() == StartState.RECOVERED);
		await().until(() -> next.tryLease(true) != null);
	}

	@Test
	void anErrorOfTheConfigurationRemainsOne() throws Exception {
		this.nodes.onLaunch((node) -> {
			throw new IllegalArgumentException("no such executable");
		});
		NodeProcessManager manager = manager(1);
		for (int i = 0; i < 3; i++) {
			manager.tryLease(true);
			assertThat(failure().isConfiguration()).isTrue();
		}
		assertThat(manager.suspension().isConfiguration()).isTrue();
		assertThat(manager.suspension()).hasMessageContaining("no such executable");
	}

	@Test
	void theHistoryKeepsTheLatestEndsAndTellsAllOfThem() throws Exception {
		NodeProcessManager manager = manager(1);
		this.nodes.onLaunch((node) -> node.exit(1, "line\n".repeat(10_000) + "number " + node.pid()));
		for (int i = 0; i < 25; i++) {
			this.context.rapidFail().reset();
			manager.tryLease(true);
			failure();
		}
		await().until(() -> this.context.exits().exits().get(0).lastWords().endsWith("number " + lastPid()));
		assertThat(this.context.exits().exits()).hasSize(ExitHistory.CAPACITY).allSatisfy((exit) -> {
			assertThat(exit.lastWords()).hasSizeLessThanOrEqualTo(ExitHistory.MAX_LAST_WORDS)
				.endsWith("number " + exit.pid());
			assertThat(exit.lastLines()).contains("line");
			assertThat(exit.isExpected()).isFalse();
			assertThat(exit.endedAt()).isAfterOrEqualTo(exit.startedAt());
		});
		assertThat(this.context.exits().exits()).extracting(ProcessExit::pid).doesNotHaveDuplicates();
	}

	private long lastPid() {
		return this.nodes.all().get(this.nodes.all().size() - 1).pid();
	}

}
