package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

import io.iisnode.process.FakeNodes;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.StartsSuspendedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Acquisition}.
 */
@ExtendWith(OutputCaptureExtension.class)
class AcquisitionTests {

	@TempDir
	private Path folder;

	private FakeApplication fake;

	@AfterEach
	void close() {
		this.fake.close();
	}

	private NodeApplication application(int processes, int concurrency, int pending) {
		this.fake = FakeApplication.in(this.folder, processes, concurrency, pending).listening();
		return this.fake.application();
	}

	private ApplicationSnapshot snapshot() {
		return this.fake.application().snapshot();
	}

	@Test
	void nothingHappensWithoutASubscriber() {
		application(1, 1, 1).acquire();
		assertThat(this.fake.nodes().all()).isEmpty();
	}

	@Test
	void aFreeSlotIsGivenAtOnceOnTheCallersThread() {
		NodeApplication application = application(1, 2, 0);
		await().until(() -> {
			application.acquire().onErrorComplete().subscribe(RequestLease::release);
			return application.snapshot().totalRequests() > 0;
		});
		List<Thread> threads = new ArrayList<>();
		application.acquire().subscribe((lease) -> threads.add(Thread.currentThread()));
		assertThat(threads).containsExactly(Thread.currentThread());
		assertThat(snapshot().activeRequests()).isEqualTo(1);
	}

	@Test
	void whoWaitsIsServedInTurnAsSlotsGetFree() {
		NodeApplication application = application(1, 1, 10);
		RequestLease first = this.fake.lease();
		List<Integer> order = new CopyOnWriteArrayList<>();
		List<RequestLease> leases = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 3; i++) {
			int number = i;
			application.acquire().subscribe((lease) -> {
				order.add(number);
				leases.add(lease);
			});
		}
		assertThat(snapshot().pendingRequests()).isEqualTo(3);
		first.release();
		await().until(() -> leases.size() == 1);
		leases.get(0).release();
		await().until(() -> leases.size() == 2);
		leases.get(1).release();
		await().until(() -> leases.size() == 3);
		assertThat(order).containsExactly(0, 1, 2);
		assertThat(snapshot().pendingRequests()).isZero();
		assertThat(snapshot().activeRequests()).isEqualTo(1);
		assertThat(snapshot().totalRequests()).isEqualTo(4);
	}

	@Test
	void aFullQueueRefuses() {
		NodeApplication application = application(1, 1, 1);
		this.fake.lease();
		application.acquire().subscribe();
		List<Throwable> errors = new ArrayList<>();
		application.acquire().subscribe(null, errors::add);
		assertThat(errors).singleElement()
			.isInstanceOfSatisfying(RequestRejectedException.class,
					(ex) -> assertThat(ex.reason()).isEqualTo(RequestRejectedException.Reason.QUEUE_FULL));
		assertThat(snapshot().rejectedRequests()).isEqualTo(1);
		assertThat(snapshot().pendingRequests()).isEqualTo(1);
	}

	private Throwable refusal() {
		List<Throwable> errors = new ArrayList<>();
		this.fake.application().acquire().subscribe(null, errors::add);
		assertThat(errors).hasSize(1);
		return errors.get(0);
	}

	@Test
	void whereNobodyMayWaitTheReasonIsTrueWhileProcessesStart() {
		this.fake = FakeApplication.in(this.folder, 1, 1, 0);
		for (int i = 0; i < 2; i++) {
			assertThat(refusal()).isInstanceOfSatisfying(RequestRejectedException.class,
					(ex) -> assertThat(ex.reason()).isEqualTo(RequestRejectedException.Reason.STARTING));
		}
		this.fake.nodes().next().listen();
		await().until(() -> snapshot().processes().get(0).state() == NodeProcessState.READY);
		this.fake.lease();
		assertThat(refusal()).isInstanceOfSatisfying(RequestRejectedException.class,
				(ex) -> assertThat(ex.reason()).isEqualTo(RequestRejectedException.Reason.QUEUE_FULL));
	}

	@Test
	void whereNobodyMayWaitAFailedStartIsTheReason() {
		this.fake = FakeApplication.in(this.folder, 1, 1, 0);
		this.fake.nodes().onLaunch((node) -> {
			throw new IllegalArgumentException("no such executable");
		});
		refusal();
		await().until(() -> snapshot().processes().isEmpty() && !this.fake.application().exits().isEmpty());
		assertThat(refusal()).isInstanceOfSatisfying(ProcessStartException.class,
				(ex) -> assertThat(ex.isConfiguration()).isTrue());
		this.fake.listening();
		await().until(() -> {
			this.fake.application().acquire().onErrorComplete().subscribe(RequestLease::release);
			return snapshot().totalRequests() > 0;
		});
	}

	@Test
	void whereNobodyMayWaitASuspensionIsTheReason() {
		this.fake = FakeApplication.suspendedAfter(this.folder, 1, 0);
		this.fake.nodes().onLaunch((node) -> node.exit(1, "broken"));
		await().until(() -> refusal() instanceof StartsSuspendedException);
	}

	@Test
	void aWaitThatIsTooLongEnds() {
		this.fake = new FakeApplication(this.folder, FakeNodes.settings(1, 1),
				new QueueSettings(5, Duration.ofMillis(50)));
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		this.fake.application().acquire().subscribe(null, errors::add);
		await().until(() -> !errors.isEmpty());
		assertThat(errors).singleElement()
			.isInstanceOfSatisfying(RequestRejectedException.class,
					(ex) -> assertThat(ex.reason()).isEqualTo(RequestRejectedException.Reason.WAITED_TOO_LONG));
		assertThat(snapshot().pendingRequests()).isZero();
		assertThat(snapshot().rejectedRequests()).isEqualTo(1);
	}

	@Test
	void whoCancelsLeavesTheQueueAndIsNeverServed() {
		NodeApplication application = application(1, 1, 10);
		RequestLease first = this.fake.lease();
		List<String> served = new CopyOnWriteArrayList<>();
		Disposable leaving = application.acquire().subscribe((lease) -> served.add("leaving"));
		application.acquire().subscribe((lease) -> served.add("staying"));
		leaving.dispose();
		assertThat(snapshot().pendingRequests()).isEqualTo(1);
		first.release();
		await().until(() -> !served.isEmpty());
		assertThat(served).containsExactly("staying");
	}

	@Test
	void whoCancelsBeforeItCouldWaitIsNotInTheQueue() {
		NodeApplication application = application(1, 1, 10);
		RequestLease first = this.fake.lease();
		application.acquire().subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.cancel();
			}

		});
		assertThat(snapshot().pendingRequests()).isZero();
		first.release();
		await().until(() -> snapshot().activeRequests() == 0);
		application.acquire().subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.cancel();
			}

		});
		assertThat(snapshot().activeRequests()).as("a lease that nobody wants is given back").isZero();
	}

	@Test
	void aSubscriberThatThrowsDoesNotStopTheQueue(CapturedOutput output) {
		NodeApplication application = application(1, 1, 10);
		RequestLease first = this.fake.lease();
		application.acquire().subscribe(new BrokenSubscriber());
		List<RequestLease> served = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(served::add);
		first.release();
		await().until(() -> served.size() == 1);
		assertThat(snapshot().activeRequests()).isEqualTo(1);
		assertThat(output).contains("could not be begun");
	}

	@Test
	void aSubscriberThatThrowsDoesNotKeepOthersFromBeingRefused() {
		NodeApplication application = application(1, 1, 10);
		this.fake.lease();
		application.acquire().subscribe(new BrokenSubscriber());
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(null, errors::add);
		application.dispose();
		assertThat(errors).hasSize(1);
	}

	@Test
	void anErrorWhileProcessesAreCreatedIsOverWithTheNextRequest(CapturedOutput output) {
		NodeApplication application = application(2, 1, 10);
		this.fake.nodes().failToCreate(2);
		List<RequestLease> served = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(served::add);
		assertThat(output).contains("requests that wait could not be served", "no memory, for a test");
		assertThat(snapshot().processes()).isEmpty();
		application.acquire().subscribe(served::add);
		await().until(() -> served.size() == 2);
	}

	@Test
	void afterTheEndNobodyWaits() {
		NodeApplication application = application(1, 1, 10);
		this.fake.lease();
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		application.acquire().subscribe(null, errors::add);
		application.dispose();
		assertThat(errors).hasSize(1);
		application.acquire().subscribe(null, errors::add);
		assertThat(errors).hasSize(2)
			.allSatisfy((ex) -> assertThat(((RequestRejectedException) ex).reason())
				.isEqualTo(RequestRejectedException.Reason.STOPPED));
	}

	/**
	 * Fails whatever it is told, in the worst way.
	 */
	private static final class BrokenSubscriber implements CoreSubscriber<RequestLease> {

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(1);
		}

		@Override
		public void onNext(RequestLease lease) {
			throw new InternalError("broken subscriber");
		}

		@Override
		public void onError(Throwable failure) {
			throw new InternalError("broken subscriber");
		}

		@Override
		public void onComplete() {
			// Does not come.
		}

	}

}
