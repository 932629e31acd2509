package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A pool whose processes do what a test tells them. After each test nothing of it is
 * left: no process, no pipe, no timer.
 */
abstract class AbstractPoolTests {

	@TempDir
	private Path folder;

	FakeNodes nodes;

	final List<RecycleReason> reasons = new CopyOnWriteArrayList<>();

	volatile boolean mayReplace = true;

	NodeProcessManager manager;

	@BeforeEach
	void create() {
		this.nodes = new FakeNodes(this.folder);
	}

	@AfterEach
	void nothingIsLeft() {
		if (this.manager != null) {
			this.nodes.all().forEach((node) -> node.exit(0, ""));
			await().until(this.manager.drain()::isDone);
			assertThat(this.manager.isWatching()).as("a timer").isFalse();
			assertThat(this.manager.snapshot()).isEmpty();
			assertThat(this.nodes.all())
				.allMatch((node) -> this.nodes.transport().isDeleted(node.command().environment().get("PORT")));
		}
		this.nodes.close();
	}

	NodeProcessManager manager(TestSettings settings) {
		this.manager = new NodeProcessManager(this.nodes.context(settings.build()), 1, new PoolListener() {

			@Override
			public void slotsFree() {
			}

			@Override
			public void startFailed(ProcessStartException failure) {
			}

			@Override
			public void retryDue() {
				AbstractPoolTests.this.manager.tryAgain();
			}

			@Override
			public void recycleRequested() {
			}

			@Override
			public boolean mayReplace() {
				return AbstractPoolTests.this.mayReplace;
			}

			@Override
			public void recycled(long pid, RecycleReason reason) {
				AbstractPoolTests.this.reasons.add(reason);
			}

		});
		return this.manager;
	}

	/**
	 * Starts processes that listen; later ones do only what they are told.
	 */
	List<FakeNode> running(TestSettings settings, int count) {
		this.nodes.onLaunch((node) -> {
			if (this.nodes.all().size() <= count) {
				node.listen();
			}
		});
		manager(settings).start();
		List<FakeNode> started = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			started.add(this.nodes.next());
		}
		// Those with short limits do not stay so for long.
		await().pollInterval(Duration.ofMillis(5))
			.until(() -> !this.reasons.isEmpty() || this.manager.snapshot()
				.stream()
				.filter((process) -> process.state() == NodeProcessState.READY)
				.count() >= count);
		return started;
	}

	List<FakeNode> running(int count, ProcessLimits limits) {
		return running(TestSettings.of(count, 10).limits(limits), count);
	}

	void awaitStates(NodeProcessState... states) {
		await().untilAsserted(
				() -> assertThat(this.manager.snapshot()).extracting(ProcessSnapshot::state).containsExactly(states));
	}

	void awaitPids(FakeNode... expected) {
		await().untilAsserted(() -> assertThat(this.manager.snapshot()).extracting(ProcessSnapshot::pid)
			.containsExactlyInAnyOrderElementsOf(List.of(expected).stream().map(FakeNode::pid).toList()));
	}

	void assertNoneStarts(int launched) {
		await().during(Duration.ofMillis(400)).until(() -> this.nodes.all().size() == launched);
	}

	long turn() {
		ProcessLease lease = this.manager.tryLease(true);
		assertThat(lease).isNotNull();
		lease.release();
		return lease.pid();
	}

}
