package io.iisnode.application;

import io.netty.util.concurrent.ScheduledFuture;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

import io.iisnode.process.Affinity;
import io.iisnode.process.ProcessLease;

/**
 * A wish for a process; each subscription is one request.
 */
final class Acquisition extends Mono<RequestLease> {

	private final NodeApplication application;

	private final boolean returning;

	private final @Nullable Affinity affinity;

	/**
	 * Creates the wish.
	 * @param application whose processes are meant
	 * @param returning whether the turn of the request had come already, so that it need
	 * not queue up again
	 * @param affinity what ties it to a process; null: nothing
	 */
	Acquisition(NodeApplication application, boolean returning, @Nullable Affinity affinity) {
		this.application = application;
		this.returning = returning;
		this.affinity = affinity;
	}

	@Override
	public void subscribe(CoreSubscriber<? super RequestLease> actual) {
		Waiting waiting = new Waiting(this.application, actual, this.affinity);
		actual.onSubscribe(waiting);
		ProcessLease lease = this.application.leaseAtOnce(this.returning, this.affinity);
		if (lease != null) {
			waiting.deliver(lease);
			return;
		}
		RuntimeException refusal = this.application.enqueue(waiting, this.returning);
		if (refusal != null) {
			waiting.refuse(refusal);
			return;
		}
		waiting.enqueued();
		this.application.dispatch();
	}

	/**
	 * One request, in the queue unless it is served at once. Whoever has taken it out of
	 * the queue calls one of {@link #deliver} and {@link #refuse}, once.
	 */
	@Slf4j
	static final class Waiting implements Subscription {

		private final NodeApplication application;

		private final CoreSubscriber<? super RequestLease> actual;

		private final @Nullable Affinity affinity;

		private volatile @Nullable ScheduledFuture<?> timer;

		private volatile boolean cancelled;

		private volatile boolean settled;

		Waiting(NodeApplication application, CoreSubscriber<? super RequestLease> actual, @Nullable Affinity affinity) {
			this.application = application;
			this.actual = actual;
			this.affinity = affinity;
		}

		@Nullable Affinity affinity() {
			return this.affinity;
		}

		void enqueued() {
			this.timer = this.application.startTimer(this);
			if (this.cancelled) {
				this.application.leave(this);
			}
			if (this.cancelled || this.settled) {
				// It was faster than we are.
				stopTimer();
			}
		}

		void deliver(ProcessLease lease) {
			settle();
			if (this.cancelled) {
				lease.release();
				return;
			}
			try {
				this.actual.onNext(new RequestLease(this.application, lease));
				this.actual.onComplete();
			}
			catch (RuntimeException | Error ex) {
				// Must not reach who serves the queue, and so all others in it.
				log.error("A request for {} could not be begun", lease, ex);
				lease.release();
			}
		}

		void refuse(RuntimeException reason) {
			settle();
			try {
				this.actual.onError(reason);
			}
			catch (RuntimeException | Error ex) {
				// Must not keep others from being told.
				log.error("A request could not be refused", ex);
			}
		}

		private void settle() {
			this.settled = true;
			stopTimer();
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
			this.application.leave(this);
			stopTimer();
		}

	}

}
