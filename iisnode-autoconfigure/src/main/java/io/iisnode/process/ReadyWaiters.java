package io.iisnode.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Those who wait until some processes are ready. Guarded by the lock of the
 * {@link NodeProcessManager}; what it returns is to be completed without that.
 */
final class ReadyWaiters {

	private final List<Waiter> waiters = new ArrayList<>();

	/**
	 * Waits until so many processes are ready.
	 */
	CompletableFuture<Void> add(int count) {
		Waiter waiter = new Waiter(count, new CompletableFuture<>());
		this.waiters.add(waiter);
		return waiter.future();
	}

	/**
	 * How many processes are waited for.
	 */
	int wanted() {
		return this.waiters.stream().mapToInt(Waiter::count).max().orElse(0);
	}

	/**
	 * Takes those whose wish has come true.
	 * @param ready processes that are ready
	 */
	List<CompletableFuture<Void>> take(int ready) {
		List<Waiter> served = this.waiters.stream().filter((waiter) -> waiter.count() <= ready).toList();
		this.waiters.removeAll(served);
		return served.stream().map(Waiter::future).toList();
	}

	/**
	 * Takes all.
	 */
	List<CompletableFuture<Void>> takeAll() {
		return take(Integer.MAX_VALUE);
	}

	private record Waiter(int count, CompletableFuture<Void> future) {
	}

}
