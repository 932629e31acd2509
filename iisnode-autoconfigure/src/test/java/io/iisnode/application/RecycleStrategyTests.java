package io.iisnode.application;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.FakeNode;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.StartState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RecycleStrategy} and what becomes of a recycle that fails.
 */
class RecycleStrategyTests {

	@TempDir
	private Path folder;

	private FakeApplication fake;

	@AfterEach
	void close() {
		this.fake.close();
	}

	private NodeApplication running(FakeApplication application) {
		this.fake = application.listening();
		this.fake.lease().release();
		this.fake.nodes().next();
		this.fake.nodes().onLaunch((node) -> {
		});
		return this.fake.application();
	}

	private NodeApplication readyFirst() {
		return running(FakeApplication.in(this.folder, 1, 2, 10));
	}

	private NodeApplication immediate() {
		return running(FakeApplication.recycledAtOnce(this.folder));
	}

	private FailedGeneration failure() {
		await().until(() -> this.fake.application().snapshot().failedGeneration() != null);
		return Objects.requireNonNull(this.fake.application().snapshot().failedGeneration());
	}

	@Test
	void aFailureIsKeptUntilARecycleSucceeds() {
		NodeApplication application = readyFirst();
		assertThat(application.snapshot().failedGeneration()).isNull();
		application.recycle();
		this.fake.nodes().next().exit(1, "SyntaxError: not JavaScript");
		assertThat(failure().generation()).isEqualTo(2);
		assertThat(failure().message()).contains("SyntaxError: not JavaScript");
		assertThat(application.generation()).isEqualTo(1);
		await().until(() -> application.state() == NodeApplicationState.ACTIVE);
		this.fake.lease().release();
		application.recycle();
		assertThat(application.snapshot().failedGeneration()).as("while nothing better is known").isNotNull();
		this.fake.nodes().next().listen();
		await().until(() -> application.generation() == 3);
		assertThat(application.snapshot().failedGeneration()).isNull();
	}

	@Test
	void immediateLetsRequestsWaitForTheNewGeneration() {
		NodeApplication application = immediate();
		RequestLease slow = this.fake.lease();
		application.recycle();
		assertThat(application.generation()).isEqualTo(2);
		FakeNode second = this.fake.nodes().next();
		List<RequestLease> leases = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(leases::add);
		assertThat(leases).isEmpty();
		assertThat(application.snapshot().pendingRequests()).isEqualTo(1);
		second.listen();
		await().until(() -> leases.size() == 1);
		assertThat(leases.get(0).pid()).isEqualTo(second.pid());
		assertThat(application.state()).as("the old one finishes").isEqualTo(NodeApplicationState.RECYCLING);
		slow.release();
		await().until(() -> application.state() == NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().recycles()).isEqualTo(1);
	}

	@Test
	void immediateFailsWithTheNewGenerationAndTriesAgainWithTheNextRequest() {
		NodeApplication application = immediate();
		application.recycle();
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(null, errors::add);
		this.fake.nodes().next().exit(1, "broken");
		await().until(() -> errors.size() == 1);
		assertThat(errors).hasOnlyElementsOfType(ProcessStartException.class);
		assertThat(failure().generation()).isEqualTo(2);
		this.fake.nodes().onLaunch(FakeNode::listen);
		this.fake.lease().release();
		await().until(() -> application.snapshot().failedGeneration() == null);
	}

	private StartState startState() {
		return this.fake.application().snapshot().rapidFail().state();
	}

	@Test
	void anApplicationThatWasSuspendedWhenItEndedBeginsAnew() {
		this.fake = FakeApplication.suspendedAfter(this.folder, 1, 10);
		NodeApplication application = this.fake.application();
		this.fake.nodes().onLaunch((node) -> node.exit(1, "broken"));
		application.start();
		await().until(() -> startState() == StartState.SUSPENDED);
		application.dispose().block();
		application.resume();
		assertThat(startState()).isEqualTo(StartState.ALLOWED);
		this.fake.nodes().onLaunch(FakeNode::listen);
		this.fake.lease().release();
	}

	@Test
	void anApplicationThatHasEndedBeginsAnew() {
		NodeApplication application = readyFirst();
		FakeNode first = this.fake.nodes().all().get(0);
		application.dispose().block();
		assertThat(first.isAlive()).isFalse();
		this.fake.nodes().onLaunch(FakeNode::listen);
		application.resume();
		assertThat(application.state()).isEqualTo(NodeApplicationState.ACTIVE);
		assertThat(application.snapshot().processes()).isEmpty();
		this.fake.lease().release();
		assertThat(application.generation()).isEqualTo(2);
		application.resume();
		assertThat(application.generation()).as("it had not ended").isEqualTo(2);
		application.dispose().block();
		assertThat(this.fake.nodes().alive()).isZero();
	}

}
