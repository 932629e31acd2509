package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

import io.iisnode.process.FakeNode;
import io.iisnode.process.FakeNodes;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessActivation;
import io.iisnode.process.ProcessSelection;
import io.iisnode.process.ProcessSnapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Acquisition} and {@link NodeApplication} with many threads.
 */
class AcquisitionRaceTests {

	private static final int THREADS = 6;

	private static final int PER_THREAD = 4_000;

	private static final int ROUNDS = 100;

	@TempDir
	private Path folder;

	private final Map<Long, AtomicInteger> active = new ConcurrentHashMap<>();

	private final AtomicInteger mostActive = new AtomicInteger();

	private final AtomicInteger served = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger signalledTwice = new AtomicInteger();

	private final ExecutorService workers = Executors.newFixedThreadPool(2);

	@AfterEach
	void stop() {
		this.workers.shutdownNow();
	}

	@Test
	void noSlotIsLostAndNoRequestIsServedTwiceWhileManyComeLeaveAndEnd() throws Exception {
		try (FakeApplication fake = FakeApplication.in(this.folder, 3, 2, 2).listening()) {
			fake.lease().release();
			Racers.run(THREADS, () -> storm(fake.application()));
			assertQuiet(fake.application());
			assertThat(this.mostActive).hasValue(2);
			assertThat(this.served).hasPositiveValue();
			assertThat(this.refused).hasPositiveValue();
			assertThat(fake.application().snapshot().processes()).extracting(ProcessSnapshot::totalRequests)
				.allSatisfy((total) -> assertThat(total).isPositive());
		}
	}

	@Test
	void theSameHoldsWhileProcessesDieAndGenerationsChange() throws Exception {
		FakeApplication fake = new FakeApplication(this.folder,
				FakeNodes.settings(3, 2, ProcessActivation.ON_DEMAND, ProcessSelection.LEAST_ACTIVE),
				new QueueSettings(1000, Duration.ofSeconds(30)));
		try (fake) {
			fake.listening();
			AtomicInteger storms = new AtomicInteger(3);
			Racers.Task storm = () -> {
				storm(fake.application());
				storms.decrementAndGet();
			};
			Racers.Task recycle = () -> {
				while (storms.get() > 0) {
					fake.application().recycle();
					awaitServed(200, storms);
				}
			};
			Racers.Task crash = () -> {
				while (storms.get() > 0) {
					fake.nodes()
						.all()
						.stream()
						.filter(FakeNode::isAlive)
						.findAny()
						.ifPresent((node) -> node.exit(1, ""));
					awaitServed(130, storms);
				}
			};
			Racers.run(List.of(storm, storm, storm, recycle, crash));
			assertThat(fake.application().snapshot().recycles()).isGreaterThan(3);
			await().until(() -> fake.application().state() == NodeApplicationState.ACTIVE);
			assertQuiet(fake.application());
			assertThat(this.mostActive).hasValueLessThanOrEqualTo(2);
			fake.lease().release();
		}
	}

	/**
	 * Requests of which some are given up before, while or after they are served.
	 */
	private void storm(NodeApplication application) throws InterruptedException {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		for (int i = 0; i < PER_THREAD; i++) {
			Request request = new Request();
			application.acquire().subscribe(request);
			switch (random.nextInt(8)) {
				case 0 -> request.cancel();
				case 1 -> {
					Thread.yield();
					request.cancel();
				}
				case 2 -> request.awaitEnd();
				default -> {
					// Is served, or refused, when its turn comes.
				}
			}
		}
	}

	private void awaitServed(int more, AtomicInteger storms) {
		int target = this.served.get() + more;
		while (this.served.get() < target && storms.get() > 0) {
			Thread.yield();
		}
	}

	private void assertQuiet(NodeApplication application) {
		await().untilAsserted(() -> {
			ApplicationSnapshot snapshot = application.snapshot();
			assertThat(snapshot.activeRequests()).isZero();
			assertThat(snapshot.pendingRequests()).isZero();
		});
		assertThat(this.active.values()).allMatch((count) -> count.get() == 0);
		assertThat(this.signalledTwice).hasValue(0);
		ApplicationSnapshot snapshot = application.snapshot();
		assertThat(snapshot.totalRequests()).isGreaterThanOrEqualTo(this.served.get());
	}

	@Test
	void nobodyIsLeftWaitingWhenTheApplicationEnds() throws Exception {
		try (FakeNodes nodes = new FakeNodes(this.folder)) {
			for (int round = 0; round < ROUNDS; round++) {
				FakeApplication fake = FakeApplication.with(nodes, 1, 1, 1000).listening();
				fake.lease();
				List<Request> requests = new CopyOnWriteArrayList<>();
				Racers.Task acquire = () -> {
					for (int i = 0; i < 30; i++) {
						Request request = new Request();
						requests.add(request);
						fake.application().acquire().subscribe(request);
					}
				};
				Racers.run(List.of(acquire, acquire, () -> fake.application().dispose()));
				for (Request request : requests) {
					request.awaitEnd();
				}
				assertThat(fake.application().snapshot().pendingRequests()).isZero();
			}
		}
	}

	@Test
	void aRecycleAtTheMomentOfTheFirstRequestLeavesNoProcessBehind() throws Exception {
		try (FakeNodes nodes = new FakeNodes(this.folder)) {
			for (int round = 0; round < ROUNDS; round++) {
				FakeApplication fake = FakeApplication.with(nodes, 1, 1, 10).listening();
				Request request = new Request();
				Racers.run(List.of(() -> fake.application().acquire().subscribe(request),
						() -> fake.application().recycle()));
				request.awaitEnd();
				quickly().until(() -> fake.application().state() == NodeApplicationState.ACTIVE);
				quickly().until(() -> nodes.alive() == fake.application().snapshot().processes().size());
				assertThat(nodes.alive()).isEqualTo(1);
				fake.application().dispose().block();
				assertThat(nodes.alive()).isZero();
			}
			assertThat(this.served).hasValue(ROUNDS);
		}
	}

	@Test
	void aGenerationThatDiesAtTheMomentOfItsTakeoverDoesNotBlockTheNext() throws Exception {
		try (FakeNodes nodes = new FakeNodes(this.folder)) {
			for (int round = 0; round < ROUNDS; round++) {
				FakeApplication fake = FakeApplication.with(nodes, 1, 1, 10).listening();
				fake.lease().release();
				nodes.next();
				nodes.onLaunch((node) -> {
				});
				fake.application().recycle();
				FakeNode shortLived = nodes.next();
				fake.listening();
				shortLived.listen();
				while (fake.application().snapshot().processes().stream().noneMatch(this::isNewAndReady)) {
					Thread.onSpinWait();
				}
				shortLived.exit(1, "");
				quickly().until(() -> fake.application().state() == NodeApplicationState.ACTIVE);
				fake.lease().release();
				fake.application().recycle();
				quickly().until(() -> fake.application().state() == NodeApplicationState.ACTIVE);
				fake.lease().release();
				fake.application().dispose().block();
				while (nodes.all().size() > nodes.taken()) {
					nodes.next();
				}
			}
		}
	}

	private static ConditionFactory quickly() {
		return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
	}

	private boolean isNewAndReady(ProcessSnapshot process) {
		return process.generation() == 2 && process.state() == NodeProcessState.READY;
	}

	/**
	 * A request that counts what it gets and ends as soon as it is served.
	 */
	private final class Request implements CoreSubscriber<RequestLease> {

		private final CountDownLatch ended = new CountDownLatch(1);

		private final AtomicInteger signals = new AtomicInteger();

		private volatile Subscription subscription;

		@Override
		public void onSubscribe(Subscription upstream) {
			this.subscription = upstream;
			upstream.request(1);
		}

		@Override
		public void onNext(RequestLease lease) {
			signalled();
			AtomicInteger count = AcquisitionRaceTests.this.active.computeIfAbsent(lease.pid(),
					(pid) -> new AtomicInteger());
			AcquisitionRaceTests.this.mostActive.accumulateAndGet(count.incrementAndGet(), Math::max);
			AcquisitionRaceTests.this.served.incrementAndGet();
			AcquisitionRaceTests.this.workers.execute(() -> {
				count.decrementAndGet();
				lease.release();
				this.ended.countDown();
			});
		}

		@Override
		public void onError(Throwable failure) {
			signalled();
			AcquisitionRaceTests.this.refused.incrementAndGet();
			this.ended.countDown();
		}

		@Override
		public void onComplete() {
			// The lease has come.
		}

		private void signalled() {
			if (this.signals.incrementAndGet() > 1) {
				AcquisitionRaceTests.this.signalledTwice.incrementAndGet();
			}
		}

		void cancel() {
			this.subscription.cancel();
			this.ended.countDown();
		}

		void awaitEnd() throws InterruptedException {
			assertThat(this.ended.await(20, TimeUnit.SECONDS)).as("served or refused").isTrue();
		}

	}

}
