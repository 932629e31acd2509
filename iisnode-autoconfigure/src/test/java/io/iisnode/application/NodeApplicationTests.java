package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.process.FakeNode;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessLimits;
import io.iisnode.process.ProcessSnapshot;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.ScriptNotFoundException;
import io.iisnode.process.TestSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link NodeApplication} and its generations.
 */
@ExtendWith(OutputCaptureExtension.class)
class NodeApplicationTests {

	@TempDir
	private Path folder;

	private FakeApplication fake;

	@AfterEach
	void close() {
		this.fake.close();
	}

	private NodeApplication application(int processes) {
		this.fake = FakeApplication.in(this.folder, processes, 2, 10);
		return this.fake.application();
	}

	private NodeApplication running(int processes) {
		NodeApplication application = application(processes);
		this.fake.listening().lease().release();
		for (int i = 0; i < processes; i++) {
			this.fake.nodes().next();
		}
		this.fake.nodes().onLaunch((node) -> {
		});
		return application;
	}

	private void awaitState(NodeApplicationState state) {
		await().until(() -> this.fake.application().state() == state);
	}

	private List<NodeProcessState> states() {
		return this.fake.application().snapshot().processes().stream().map(ProcessSnapshot::state).toList();
	}

	@Test
	void itIsActiveBeforeAnythingRuns() {
		NodeApplication application = application(2);
		ApplicationSnapshot snapshot = application.snapshot();
		assertThat(snapshot.state()).isEqualTo(NodeApplicationState.ACTIVE);
		assertThat(snapshot.generation()).isEqualTo(1);
		assertThat(snapshot.processes()).isEmpty();
	}

	@Test
	void aRecycleGoesFromActiveToRecyclingAndBack() {
		NodeApplication application = running(1);
		RequestLease slow = this.fake.lease();
		application.recycle();
		assertThat(application.state()).isEqualTo(NodeApplicationState.RECYCLING);
		assertThat(application.snapshot().generation()).isEqualTo(1);
		this.fake.nodes().next().listen();
		await().until(() -> application.snapshot().generation() == 2);
		assertThat(application.state()).as("the old one still works").isEqualTo(NodeApplicationState.RECYCLING);
		assertThat(states()).containsExactly(NodeProcessState.READY, NodeProcessState.DRAINING);
		assertThat(application.snapshot().activeRequests()).isEqualTo(1);
		slow.release();
		awaitState(NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().recycles()).isEqualTo(1);
		assertThat(this.fake.nodes().alive()).isEqualTo(1);
	}

	@Test
	void requestsGoToTheOldGenerationUntilTheNewOneIsReady() {
		NodeApplication application = running(1);
		application.recycle();
		FakeNode old = this.fake.nodes().all().get(0);
		FakeNode next = this.fake.nodes().next();
		RequestLease before = this.fake.lease();
		assertThat(before.pid()).isEqualTo(old.pid());
		before.release();
		next.listen();
		await().until(() -> application.snapshot().generation() == 2);
		assertThat(this.fake.lease().pid()).isEqualTo(next.pid());
	}

	@Test
	void aGenerationThatDoesNotStartIsGivenUp(CapturedOutput output) {
		NodeApplication application = running(2);
		application.recycle();
		this.fake.nodes().next().exit(1, "broken");
		this.fake.nodes().next().exit(1, "broken");
		awaitState(NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().generation()).isEqualTo(1);
		this.fake.lease().release();
		assertThat(output.toString().split("broken", -1)).as("the cause is logged once").hasSize(2);
		assertThat(output).contains("generation 2 did not start, so generation 1 stays");
		application.recycle();
		this.fake.nodes().next().listen();
		this.fake.nodes().next().listen();
		await().until(() -> application.snapshot().generation() == 3);
	}

	@Test
	void aProcessOfAGenerationThatWasGivenUpIsSeenUntilItHasEnded() {
		NodeApplication application = running(2);
		application.recycle();
		FakeNode closed = this.fake.nodes().next().disobey();
		closed.say("type=started&node=v20.20.2\ntype=listening\ntype=closed");
		FakeNode broken = this.fake.nodes().next();
		// Takes the place of the one that has closed its server and goes on.
		this.fake.nodes().next().exit(1, "broken");
		broken.exit(1, "broken");
		await().until(() -> application.snapshot().failedGeneration() != null);
		assertThat(application.snapshot().processes()).extracting(ProcessSnapshot::pid).contains(closed.pid());
		CompletableFuture<Void> disposed = application.dispose().toFuture();
		await().until(() -> this.fake.nodes().alive() == 1);
		assertThat(disposed).isNotDone();
		closed.exit(0, "");
		await().until(disposed::isDone);
	}

	@Test
	void aRecycleBeforeTheFirstRequestStartsNothing() {
		NodeApplication application = application(1);
		application.recycle();
		assertThat(application.state()).isEqualTo(NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().generation()).isEqualTo(2);
		assertThat(this.fake.nodes().all()).isEmpty();
		this.fake.listening().lease().release();
		assertThat(application.snapshot().processes()).extracting(ProcessSnapshot::generation).containsExactly(2);
	}

	@Test
	void recyclesWhileOneIsUnderWayBecomeOneMore() {
		NodeApplication application = running(1);
		application.recycle();
		application.recycle();
		application.recycle();
		application.recycle();
		assertThat(this.fake.nodes().next().listen().isAlive()).isTrue();
		this.fake.nodes().next().listen();
		await().until(() -> application.snapshot().generation() == 3);
		awaitState(NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().recycles()).isEqualTo(2);
		assertThat(this.fake.nodes().all()).hasSize(3);
	}

	@Test
	void processesOfOneGenerationThatAllAskForARecycleGetOne() {
		NodeApplication application = running(3);
		List<FakeNode> old = this.fake.nodes().all();
		old.get(0).say("type=recycle");
		awaitState(NodeApplicationState.RECYCLING);
		old.get(1).say("type=recycle").say("type=stats&rss=7&eventLoopDelay=0");
		await()
			.until(() -> application.snapshot().processes().stream().anyMatch((process) -> process.memory() != null));
		this.fake.listening();
		for (int i = 0; i < 3; i++) {
			this.fake.nodes().next().listen();
		}
		await().until(() -> application.snapshot().generation() == 2);
		awaitState(NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().recycles()).isEqualTo(1);
		assertThat(this.fake.nodes().all()).hasSize(6);
	}

	@Test
	void aRecycleWhileTheFirstGenerationStartsServesWhoWaits() {
		NodeApplication application = application(1);
		List<RequestLease> leases = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(leases::add);
		FakeNode first = this.fake.nodes().next();
		application.recycle();
		FakeNode second = this.fake.nodes().next().listen();
		await().until(() -> leases.size() == 1);
		assertThat(leases.get(0).pid()).isEqualTo(second.pid());
		await().until(() -> !first.isAlive());
		awaitState(NodeApplicationState.ACTIVE);
	}

	@Test
	void whoWaitsForAStartThatFailsIsTold() {
		NodeApplication application = application(1);
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(null, errors::add);
		application.acquire().subscribe(null, errors::add);
		this.fake.nodes().next().exit(1, "broken");
		await().until(() -> errors.size() == 2);
		assertThat(errors).hasOnlyElementsOfType(ProcessStartException.class);
		assertThat(this.fake.nodes().all()).as("nobody is left who needs another one").hasSize(1);
		assertThat(application.snapshot().pendingRequests()).isZero();
		assertThat(application.snapshot().processes()).isEmpty();
	}

	@Test
	void whoWaitsWhenTheOnlyProcessDiesGetsItsReplacement() {
		NodeApplication application = running(1);
		RequestLease one = this.fake.lease();
		RequestLease two = this.fake.lease();
		List<RequestLease> leases = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(leases::add);
		this.fake.nodes().all().get(0).exit(137, "");
		FakeNode replacement = this.fake.nodes().next().listen();
		await().until(() -> leases.size() == 1);
		assertThat(leases.get(0).pid()).isEqualTo(replacement.pid());
		one.release();
		two.release();
		assertThat(application.snapshot().activeRequests()).isEqualTo(1);
	}

	@Test
	void limitsWaitWhileANewGenerationStarts() {
		this.fake = new FakeApplication(this.folder,
				TestSettings.of(1, 2).limits(new ProcessLimits(3, null, 0, null)).build(),
				new QueueSettings(10, Duration.ofSeconds(30)));
		NodeApplication application = this.fake.application();
		this.fake.listening().lease().release();
		FakeNode old = this.fake.nodes().next();
		this.fake.nodes().onLaunch((node) -> {
		});
		application.recycle();
		FakeNode next = this.fake.nodes().next();
		this.fake.lease().release();
		this.fake.lease().release();
		this.fake.lease().release();
		await().during(Duration.ofMillis(1200)).until(() -> this.fake.nodes().all().size() == 2);
		next.listen();
		await().until(() -> !old.isAlive());
		awaitState(NodeApplicationState.ACTIVE);
		assertThat(this.fake.nodes().all()).containsExactly(old, next);
		assertThat(application.snapshot().recycles()).isEqualTo(1);
	}

	@Test
	void oneProcessIsRecycledWhicheverGenerationItBelongsTo() {
		NodeApplication application = running(2);
		FakeNode old = this.fake.nodes().all().get(0);
		assertThat(application.recycleProcess(1)).isFalse();
		assertThat(application.recycleProcess(old.pid())).isTrue();
		this.fake.nodes().next().listen();
		await().until(() -> !old.isAlive());
		assertThat(application.snapshot().recycles()).isEqualTo(1);
		assertThat(application.snapshot().generation()).isEqualTo(1);
		assertThat(states()).containsExactly(NodeProcessState.READY, NodeProcessState.READY);
	}

	@Test
	void theMinimumStartsWhenAMissingScriptIsThere() throws IOException {
		this.fake = new FakeApplication(this.folder, TestSettings.of(2, 2).minimum(1).build(),
				new QueueSettings(10, Duration.ofSeconds(30)));
		NodeApplication application = this.fake.listening().application();
		Path script = this.fake.nodes().script();
		Files.delete(script);
		assertThatExceptionOfType(ScriptNotFoundException.class)
			.isThrownBy(() -> application.start(1).block(Duration.ofSeconds(10)));
		await().until(() -> application.snapshot().processes().isEmpty());
		Files.writeString(script, "");
		application.triggers().filesChanged(Set.of(script));
		this.fake.nodes().next();
		await().until(() -> states().equals(List.of(NodeProcessState.READY)));
	}

	@Test
	void aChangeWhileTheNextGenerationStartsRecyclesAgainAlsoIfTheOldOneIsGone() {
		NodeApplication application = running(1);
		application.recycle();
		FakeNode half = this.fake.nodes().next();
		this.fake.nodes().all().get(0).exit(1, "crash");
		await().until(() -> this.fake.nodes().alive() == 1 && application.snapshot().processes().size() == 1);
		application.triggers().filesChanged(Set.of(this.fake.nodes().script()));
		half.listen();
		this.fake.nodes().next().listen();
		await().until(() -> application.generation() == 3);
	}

	@Test
	void disposeDuringTheReplacementOfAProcessEndsBoth() {
		NodeApplication application = running(1);
		application.recycleProcess(this.fake.nodes().all().get(0).pid());
		this.fake.nodes().next();
		application.dispose().block();
		assertThat(this.fake.nodes().alive()).isZero();
		assertThat(application.snapshot().processes()).isEmpty();
	}

	@Test
	void disposeEndsAnActiveApplicationForGood() {
		NodeApplication application = running(2);
		application.dispose().block();
		assertThat(application.state()).isEqualTo(NodeApplicationState.DISPOSED);
		assertThat(this.fake.nodes().alive()).isZero();
		application.recycle();
		application.start();
		assertThat(application.snapshot().processes()).isEmpty();
		assertThat(this.fake.nodes().all()).hasSize(2);
	}

	@Test
	void disposeEndsARecyclingApplicationWithAllItsGenerations() {
		NodeApplication application = running(1);
		RequestLease slow = this.fake.lease();
		application.recycle();
		this.fake.nodes().next().listen();
		await().until(() -> application.snapshot().generation() == 2);
		application.recycle();
		this.fake.nodes().next();
		application.dispose();
		assertThat(application.state()).isEqualTo(NodeApplicationState.DISPOSED);
		await().until(() -> this.fake.nodes().alive() == 1);
		slow.release();
		await().until(() -> this.fake.nodes().alive() == 0);
	}

	@Test
	void disposeWhileProcessesStartEndsThem() {
		NodeApplication application = application(2);
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(null, errors::add);
		this.fake.nodes().next();
		application.dispose().block();
		assertThat(this.fake.nodes().alive()).isZero();
		assertThat(errors).singleElement().isInstanceOf(RequestRejectedException.class);
	}

}
