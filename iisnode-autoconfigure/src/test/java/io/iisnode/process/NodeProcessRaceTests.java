package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link NodeProcess} with many threads.
 */
class NodeProcessRaceTests {

	private static final int ROUNDS = 100;

	private static final int THREADS = 3;

	private static final int LIMIT = 2;

	@TempDir
	private Path folder;

	private final AtomicInteger active = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	private final AtomicInteger afterEnd = new AtomicInteger();

	@Test
	void drainingBeginsTheEndExactlyOnceWhenTheLastRequestHasLeft() throws Exception {
		try (FakeNodes nodes = new FakeNodes(this.folder)) {
			nodes.onLaunch(FakeNode::listen);
			for (int round = 0; round < ROUNDS; round++) {
				NodeProcessManager manager = new NodeProcessManager(nodes.context(FakeNodes.settings(1, LIMIT)), round,
						new Indifferent());
				manager.start();
				await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(manager::isOpen);
				FakeNode node = nodes.next();
				CompletableFuture<Void> drained = race(manager, node);
				drained.get(10, TimeUnit.SECONDS);
				assertThat(this.active).hasValue(0);
				assertThat(node.received()).containsOnlyOnce("type=shutdown");
				assertThat(node.signals()).isEmpty();
			}
		}
		assertThat(this.most).hasValueBetween(1, LIMIT);
		assertThat(this.afterEnd).as("leases of a process that had been told to end").hasValue(0);
	}

	/**
	 * Takes and gives back slots in some threads until there are none, which another one
	 * sees to.
	 */
	private CompletableFuture<Void> race(NodeProcessManager manager, FakeNode node) throws InterruptedException {
		CountDownLatch warm = new CountDownLatch(THREADS);
		CompletableFuture<Void> drained = new CompletableFuture<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			threads.add(new Thread(() -> {
				for (int turn = 0; turn < 200 || !drained.isDone(); turn++) {
					useOne(manager, node);
					if (turn == 100) {
						warm.countDown();
					}
				}
			}));
		}
		threads.forEach(Thread::start);
		warm.await();
		manager.drain().thenRun(() -> drained.complete(null));
		for (Thread thread : threads) {
			thread.join(TimeUnit.SECONDS.toMillis(10));
		}
		return drained;
	}

	private void useOne(NodeProcessManager manager, FakeNode node) {
		ProcessLease lease = manager.tryLease(true);
		if (lease != null) {
			this.most.accumulateAndGet(this.active.incrementAndGet(), Math::max);
			if (node.received().contains("type=shutdown")) {
				this.afterEnd.incrementAndGet();
			}
			Thread.onSpinWait();
			this.active.decrementAndGet();
			lease.release();
		}
	}

	private static final class Indifferent implements PoolListener {

		@Override
		public void slotsFree() {
			// Those who want a slot try again.
		}

		@Override
		public void startFailed(ProcessStartException failure) {
			throw new IllegalStateException(failure);
		}

		@Override
		public void retryDue() {
		}

		@Override
		public void recycleRequested() {
			// Does not come.
		}

	}

}
