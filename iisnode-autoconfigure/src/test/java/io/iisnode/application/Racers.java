package io.iisnode.application;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads that begin at the same moment.
 */
final class Racers {

	private static final int LIMIT_SECONDS = 240;

	private Racers() {
	}

	/**
	 * Runs the tasks, each in a thread of its own, and waits until all have ended.
	 */
	static void run(List<Task> tasks) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
		try {
			CountDownLatch start = new CountDownLatch(tasks.size());
			List<Future<?>> ends = new ArrayList<>();
			for (Task task : tasks) {
				ends.add(threads.submit(() -> {
					start.countDown();
					start.await();
					task.run();
					return null;
				}));
			}
			for (Future<?> end : ends) {
				end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Runs one task in several threads.
	 */
	static void run(int threads, Task task) throws Exception {
		List<Task> tasks = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			tasks.add(task);
		}
		run(tasks);
	}

	/**
	 * What a thread does.
	 */
	interface Task {

		void run() throws Exception;

	}

}
