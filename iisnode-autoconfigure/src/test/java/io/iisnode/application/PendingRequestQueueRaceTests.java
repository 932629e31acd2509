package io.iisnode.application;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PendingRequestQueue} with many threads.
 */
class PendingRequestQueueRaceTests {

	private static final int PER_THREAD = 20_000;

	@Test
	void everyRequestHasExactlyOneOwnerAndTheBoundHolds() throws Exception {
		PendingRequestQueue<Request> queue = new PendingRequestQueue<>(16);
		Queue<Request> offered = new ConcurrentLinkedQueue<>();
		AtomicInteger largest = new AtomicInteger();
		Racers.run(4, () -> {
			for (int i = 0; i < PER_THREAD; i++) {
				Request request = new Request();
				if (queue.offer(request)) {
					offered.add(request);
				}
				largest.accumulateAndGet(queue.size(), Math::max);
				switch (ThreadLocalRandom.current().nextInt(8)) {
					case 0 -> queue.removeAll().forEach(Request::own);
					case 1, 2, 3 -> {
						if (queue.remove(request)) {
							request.own();
						}
					}
					default -> {
						Request first = queue.poll();
						if (first != null) {
							first.own();
						}
					}
				}
			}
		});
		queue.removeAll().forEach(Request::own);
		assertThat(queue.isEmpty()).isTrue();
		assertThat(largest).hasValueLessThanOrEqualTo(16);
		assertThat(offered).hasSizeGreaterThan(PER_THREAD).allMatch((request) -> request.owners.get() == 1);
	}

	@Test
	void whatOneThreadOfferedIsTakenInItsOrder() throws Exception {
		PendingRequestQueue<int[]> queue = new PendingRequestQueue<>(64);
		int producers = 3;
		List<int[]> taken = new ArrayList<>();
		AtomicBoolean finished = new AtomicBoolean();
		List<Racers.Task> tasks = new ArrayList<>();
		AtomicInteger running = new AtomicInteger(producers);
		for (int producer = 0; producer < producers; producer++) {
			int id = producer;
			tasks.add(() -> {
				int next = 0;
				while (next < PER_THREAD) {
					if (queue.offer(new int[] { id, next })) {
						next++;
					}
					else {
						Thread.onSpinWait();
					}
				}
				finished.set(running.decrementAndGet() == 0);
			});
		}
		tasks.add(() -> {
			while (!finished.get() || !queue.isEmpty()) {
				int[] first = queue.poll();
				if (first != null) {
					taken.add(first);
				}
			}
		});
		Racers.run(tasks);
		assertThat(taken).hasSize(producers * PER_THREAD);
		int[] expected = new int[producers];
		assertThat(taken).allMatch((request) -> request[1] == expected[request[0]]++);
	}

	private static final class Request {

		private final AtomicInteger owners = new AtomicInteger();

		void own() {
			this.owners.incrementAndGet();
		}

	}

}
