package io.iisnode.protocol;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

import io.iisnode.transport.PipeLease;

/**
 * Receives the lease, on any thread, and brings it to the loop of the exchange.
 */
final class LeaseSubscriber implements CoreSubscriber<PipeLease> {

	private final NodeExchange exchange;

	private volatile @Nullable Subscription upstream;

	LeaseSubscriber(NodeExchange exchange) {
		this.exchange = exchange;
	}

	@Override
	public Context currentContext() {
		return this.exchange.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.upstream = subscription;
		subscription.request(1);
	}

	@Override
	public void onNext(PipeLease granted) {
		this.exchange.execute(() -> this.exchange.leased(granted));
	}

	@Override
	public void onError(Throwable failure) {
		this.exchange.execute(() -> this.exchange.fail(failure));
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
