package io.iisnode.application;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a process: first in, first out, bounded. Whoever takes a
 * request out (to serve it, to give it up, to refuse it) owns it from then on, so that
 * exactly one of them acts.
 *
 * @param <T> the kind of waiting request
 */
final class PendingRequestQueue<T> {

	private final int capacity;

	private final Set<T> waiting = new LinkedHashSet<>();

	private volatile int size;

	PendingRequestQueue(int capacity) {
		this.capacity = capacity;
	}

	/**
	 * Puts a request at the end.
	 * @return false if the queue is full
	 */
	synchronized boolean offer(T request) {
		if (this.waiting.size() >= this.capacity) {
			return false;
		}
		this.waiting.add(request);
		this.size = this.waiting.size();
		return true;
	}

	/**
	 * Takes the request that has waited longest.
	 */
	synchronized @Nullable T poll() {
		Iterator<T> iterator = this.waiting.iterator();
		if (!iterator.hasNext()) {
			return null;
		}
		T first = iterator.next();
		iterator.remove();
		this.size = this.waiting.size();
		return first;
	}

	/**
	 * Takes a certain request.
	 * @return false if somebody else has taken it
	 */
	synchronized boolean remove(T request) {
		boolean removed = this.waiting.remove(request);
		this.size = this.waiting.size();
		return removed;
	}

	/**
	 * Takes all requests, in their order.
	 */
	synchronized List<T> removeAll() {
		List<T> all = new ArrayList<>(this.waiting);
		this.waiting.clear();
		this.size = 0;
		return all;
	}

	int size() {
		return this.size;
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	int capacity() {
		return this.capacity;
	}

}
