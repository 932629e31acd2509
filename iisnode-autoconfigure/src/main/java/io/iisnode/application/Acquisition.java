package io.iisnode.application;

import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

import io.iisnode.process.ProcessLease;

/**
 * A wish for a process; each subscription is one request.
 */
final class Acquisition extends Mono<ProcessLease> {

	private final NodeApplication application;

	Acquisition(NodeApplication application) {
		this.application = application;
	}

	@Override
	public void subscribe(CoreSubscriber<? super ProcessLease> actual) {
		ProcessLease lease = this.application.leaseAtOnce();
		if (lease != null) {
			actual.onSubscribe(Operators.scalarSubscription(actual, lease));
			return;
		}
		Waiting waiting = new Waiting(this.application, actual);
		actual.onSubscribe(waiting);
		RequestRejectedException refusal = this.application.enqueue(waiting);
		if (refusal != null) {
			waiting.refuse(refusal);
			return;
		}
		waiting.startTimer();
		this.application.dispatch();
	}

	/**
	 * A request in the queue. Whoever has taken it out of the queue calls one of
	 * {@link #deliver} and {@link #refuse}, once.
	 */
	static final class Waiting implements Subscription {

		private final NodeApplication application;

		private final CoreSubscriber<? super ProcessLease> actual;

		private volatile @Nullable ScheduledFuture<?> timer;

		private volatile boolean cancelled;

		Waiting(NodeApplication application, CoreSubscriber<? super ProcessLease> actual) {
			this.application = application;
			this.actual = actual;
		}

		void startTimer() {
			this.timer = this.application.startTimer(this);
		}

		void deliver(ProcessLease lease) {
			stopTimer();
			if (this.cancelled) {
				lease.release();
				return;
			}
			this.actual.onNext(lease);
			this.actual.onComplete();
		}

		void refuse(RuntimeException reason) {
			stopTimer();
			this.actual.onError(reason);
		}

		private void stopTimer() {
			ScheduledFuture<?> current = this.timer;
			if (current != null) {
				current.cancel(false);
			}
		}

		@Override
		public void request(long n) {
			// One lease was asked for by subscribing.
			Operators.validate(n);
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			if (this.application.leave(this)) {
				stopTimer();
			}
		}

	}

}
