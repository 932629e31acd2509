package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.transport.PipeConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the end of a {@link NodeProcess} whose requests go on.
 */
class NodeProcessEndTests {

	/**
	 * No timer of it goes off in a test.
	 */
	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Duration SHORT = Duration.ofMillis(800);

	@TempDir
	private Path folder;

	private FakeNodes nodes;

	private FakeNode node;

	/**
	 * What happened, in its order.
	 */
	private final List<String> told = new CopyOnWriteArrayList<>();

	@BeforeEach
	void create() {
		this.nodes = new FakeNodes(this.folder);
		this.nodes.onLaunch(FakeNode::listen);
	}

	@AfterEach
	void close() {
		this.nodes.close();
	}

	private NodeProcess ready(Duration grace) {
		NodeProcess process = new NodeProcess(this.nodes.context(TestSettings.of(1, 4).grace(grace).build()), 1,
				RecyclePolicy.MEMORY_REPORTS, new Indifferent());
		process.start();
		this.node = this.nodes.next();
		await().until(() -> process.state() == NodeProcessState.READY);
		return process;
	}

	private static ProcessLease lease(NodeProcess process) {
		return Objects.requireNonNull(process.tryLease());
	}

	private Runnable note(String what) {
		return () -> this.told.add(what);
	}

	@Test
	void exchangesAreToldThenTheApplicationThenTheProcessThenItIsKilled() {
		NodeProcess process = ready(SHORT);
		this.node.disobey();
		lease(process).whenEnding(() -> {
			this.told.add("stream");
			this.told.addAll(this.node.received().stream().filter("type=shutdown"::equals).toList());
			this.told.addAll(this.node.signals());
		});
		long begin = System.nanoTime();
		process.drain();
		await().until(() -> this.told.size() > 0);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(SHORT.multipliedBy(7).dividedBy(10));
		await().until(() -> this.node.signals().contains("SIGTERM"));
		assertThat(this.node.received()).as("although a request is active").containsOnlyOnce("type=shutdown");
		await().until(() -> !process.isAlive());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(SHORT.minusMillis(20));
		assertThat(this.node.signals()).containsExactly("SIGTERM", "SIGKILL");
		assertThat(this.told).as("once, and before anything else").containsExactly("stream");
	}

	@Test
	void whatEndsWhenItIsToldToEndsTheProcessInOrder() {
		NodeProcess process = ready(SHORT);
		ProcessLease lease = lease(process);
		lease.whenEnding(lease::release);
		process.drain();
		await().until(() -> !process.isAlive());
		assertThat(this.node.received()).containsOnlyOnce("type=shutdown");
		assertThat(this.node.signals()).isEmpty();
	}

	@Test
	void nobodyIsToldWhileTheGraceLasts() {
		NodeProcess process = ready(LONG);
		ProcessLease lease = lease(process);
		lease.whenEnding(note("stream"));
		process.drain();
		assertThat(this.told).isEmpty();
		lease.release();
		await().until(() -> !process.isAlive());
		assertThat(this.told).isEmpty();
	}

	@Test
	void whoComesLateIsToldAtOnce() {
		NodeProcess process = ready(LONG);
		process.announce(EndNotice.FORCE);
		lease(process).whenEnding(note("stream"));
		lease(process).whenEndingByForce(note("download"));
		assertThat(this.told).containsExactly("stream", "download");
	}

	@Test
	void theStopOfTheHostIsNoReasonForWhatMayEndByItself() {
		NodeProcess process = ready(LONG);
		lease(process).whenEnding(note("stream"));
		lease(process).whenEndingByForce(note("download"));
		process.announce(EndNotice.HOST_STOPS);
		assertThat(this.told).containsExactly("stream");
		process.announce(EndNotice.FORCE);
		process.announce(EndNotice.HOST_STOPS);
		assertThat(this.told).containsExactly("stream", "download");
	}

	@Test
	void whoHasGivenBackItsSlotIsNotTold() {
		NodeProcess process = ready(LONG);
		ProcessLease before = lease(process);
		before.release();
		before.whenEnding(note("before"));
		ProcessLease after = lease(process);
		after.whenEnding(note("after"));
		after.release();
		process.announce(EndNotice.FORCE);
		assertThat(this.told).isEmpty();
	}

	@Test
	void theSlotOfAConnectionThatEndedWithAWholeResponseIsFreeAtOnce() throws Exception {
		NodeProcess process = ready(LONG);
		ended(process).release(true);
		assertThat(process.active()).isZero();
		ended(process).release();
		assertThat(process.active()).as("it may be dying").isEqualTo(1);
		await().until(() -> process.active() == 0);
	}

	private ProcessLease ended(NodeProcess process) throws Exception {
		ProcessLease lease = lease(process);
		PipeConnection connection = lease.open(this.nodes.services().async().next()).get(10, TimeUnit.SECONDS);
		connection.channel().close().get(10, TimeUnit.SECONDS);
		await().until(() -> EndOfConnection.isSeen(connection));
		return lease;
	}

	@Test
	void oneThatFailsDoesNotKeepTheOthersFromBeingTold() {
		NodeProcess process = ready(LONG);
		for (int i = 0; i < 3; i++) {
			lease(process).whenEnding(() -> {
				this.told.add("stream");
				throw new IllegalStateException("on purpose");
			});
		}
		process.announce(EndNotice.FORCE);
		assertThat(this.told).hasSize(3);
	}

	/**
	 * Wants no news.
	 */
	private static final class Indifferent implements ProcessListener {

		@Override
		public void ready(NodeProcess process) {
		}

		@Override
		public void slotFreed(NodeProcess process) {
		}

		@Override
		public void exited(NodeProcess process) {
		}

		@Override
		public void closed(NodeProcess process) {
		}

		@Override
		public void requestLimitReached(NodeProcess process) {
		}

		@Override
		public void recycleRequested() {
		}

	}

}
