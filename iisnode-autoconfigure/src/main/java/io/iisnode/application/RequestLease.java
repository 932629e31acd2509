package io.iisnode.application;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

import io.iisnode.process.ProcessLease;
import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * What a request gets when its turn has come: a slot of a process, or, once, of another
 * process if the first is gone before there is a connection to it. Nothing has been sent
 * then, so the request need not suffer. It happens to those who wait: connections break a
 * moment before the end of a process is known, so that its slots seem to have become
 * free.
 */
public final class RequestLease implements PipeLease {

	private final NodeApplication application;

	private volatile ProcessLease lease;

	private volatile @Nullable Replacement replacement;

	private volatile boolean released;

	/**
	 * Hands the wish to be told of the end to a lease; null if there is none.
	 */
	private volatile @Nullable Consumer<ProcessLease> ending;

	RequestLease(NodeApplication application, ProcessLease lease) {
		this.application = application;
		this.lease = lease;
	}

	/**
	 * The process that works on the request.
	 * @return its id
	 */
	public long pid() {
		return this.lease.pid();
	}

	/**
	 * The place of that process in the pool.
	 * @return its number from 0 on; negative if processes are not chosen by it
	 */
	public int slot() {
		return this.lease.slot();
	}

	@Override
	public @Nullable PipeConnection reuse(EventLoop eventLoop) {
		return this.lease.reuse(eventLoop);
	}

	@Override
	public Future<PipeConnection> open(EventLoop eventLoop) {
		Promise<PipeConnection> result = eventLoop.newPromise();
		ProcessLease current = this.lease;
		current.open(eventLoop).addListener((Future<PipeConnection> opening) -> {
			if (!opening.isSuccess() && current.isLost() && this.replacement == null) {
				current.release();
				Replacement next = new Replacement(eventLoop, result);
				this.replacement = next;
				this.application.reacquire().subscribe(next);
			}
			else {
				settle(opening, result);
			}
		});
		return result;
	}

	private static void settle(Future<PipeConnection> opening, Promise<PipeConnection> result) {
		if (opening.isSuccess()) {
			result.setSuccess(opening.getNow());
		}
		else {
			result.setFailure(opening.cause());
		}
	}

	@Override
	public void giveBack(PipeConnection connection) {
		this.lease.giveBack(connection);
	}

	@Override
	public void whenEnding(Runnable action) {
		Runnable once = once(action);
		tell((to) -> to.whenEnding(once));
	}

	@Override
	public void whenEndingByForce(Runnable action) {
		Runnable once = once(action);
		tell((to) -> to.whenEndingByForce(once));
	}

	private void tell(Consumer<ProcessLease> wish) {
		// In this order: whoever sets the lease looks at this afterwards.
		this.ending = wish;
		wish.accept(this.lease);
	}

	/**
	 * The first process may tell, and the one that replaces it as well.
	 */
	private static Runnable once(Runnable action) {
		AtomicBoolean told = new AtomicBoolean();
		return () -> {
			if (told.compareAndSet(false, true)) {
				action.run();
			}
		};
	}

	@Override
	public void release(boolean complete) {
		// In this order: whoever sets the lease looks at this afterwards.
		this.released = true;
		this.lease.release(complete);
		Replacement current = this.replacement;
		if (current != null) {
			current.cancel();
		}
	}

	@Override
	public String toString() {
		return this.lease.toString();
	}

	/**
	 * Waits for the slot of another process.
	 */
	private final class Replacement implements CoreSubscriber<RequestLease> {

		private final EventLoop eventLoop;

		private final Promise<PipeConnection> result;

		private volatile @Nullable Subscription upstream;

		Replacement(EventLoop eventLoop, Promise<PipeConnection> result) {
			this.eventLoop = eventLoop;
			this.result = result;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.upstream = subscription;
			subscription.request(1);
			if (RequestLease.this.released) {
				subscription.cancel();
			}
		}

		@Override
		public void onNext(RequestLease next) {
			RequestLease.this.lease = next.lease;
			if (RequestLease.this.released) {
				next.release();
				return;
			}
			Consumer<ProcessLease> wish = RequestLease.this.ending;
			if (wish != null) {
				wish.accept(next.lease);
			}
			next.lease.open(this.eventLoop)
				.addListener((Future<PipeConnection> opening) -> settle(opening, this.result));
		}

		@Override
		public void onError(Throwable failure) {
			this.result.setFailure(failure);
		}

		@Override
		public void onComplete() {
			// The lease has come before.
		}

		void cancel() {
			Subscription subscription = this.upstream;
			if (subscription != null) {
				subscription.cancel();
			}
		}

	}

}
