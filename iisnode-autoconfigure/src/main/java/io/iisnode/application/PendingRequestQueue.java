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

	/**
	 * Those whose turn had come already.
	 */
	private final Set<T> returned = new LinkedHashSet<>();

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
		if (this.size >= this.capacity) {
			return false;
		}
		this.waiting.add(request);
		count();
		return true;
	}

	/**
	 * Puts back a request that was taken out: before all that have never been, and even
	 * if the queue is full meanwhile.
	 */
	synchronized void putBack(T request) {
		this.returned.add(request);
		count();
	}

	/**
	 * Takes the request that has waited longest.
	 */
	synchronized @Nullable T poll() {
		Iterator<T> iterator = (this.returned.isEmpty() ? this.waiting : this.returned).iterator();
		if (!iterator.hasNext()) {
			return null;
		}
		T first = iterator.next();
		iterator.remove();
		count();
		return first;
	}

	/**
	 * The request that has waited longest, for which nobody has settled yet.
	 */
	synchronized @Nullable T peek() {
		Iterator<T> iterator = (this.returned.isEmpty() ? this.waiting : this.returned).iterator();
		return iterator.hasNext() ? iterator.next() : null;
	}

	/**
	 * Takes a certain request.
	 * @return false if somebody else has taken it
	 */
	synchronized boolean remove(T request) {
		boolean removed = this.waiting.remove(request) || this.returned.remove(request);
		count();
		return removed;
	}

	/**
	 * Takes all requests, in their order.
	 */
	synchronized List<T> removeAll() {
		List<T> all = new ArrayList<>(this.returned);
		all.addAll(this.waiting);
		this.returned.clear();
		this.waiting.clear();
		count();
		return all;
	}

	private void count() {
		this.size = this.returned.size() + this.waiting.size();
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
