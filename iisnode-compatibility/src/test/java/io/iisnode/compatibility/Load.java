package io.iisnode.compatibility;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import static org.awaitility.Awaitility.await;

/**
 * A few clients that ask for the same thing all the time, until closed.
 */
final class Load implements AutoCloseable {

	private static final int CLIENTS = 3;

	private final HttpClient client;

	private final HttpRequest request;

	private final String expected;

	private final AtomicInteger answers = new AtomicInteger();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean stopped;

	Load(HttpClient client, HttpRequest request, String expected) {
		this.client = client;
		this.request = request;
		this.expected = expected;
		for (int i = 0; i < CLIENTS; i++) {
			Thread thread = new Thread(this::ask, "load-" + i);
			this.threads.add(thread);
			thread.start();
		}
	}

	private void ask() {
		while (!this.stopped) {
			try {
				HttpResponse<String> response = this.client.send(this.request, BodyHandlers.ofString());
				if (response.statusCode() != 200 || !response.body().contains(this.expected)) {
					this.failures.add(response.statusCode() + ": " + response.body());
				}
				this.answers.incrementAndGet();
			}
			catch (Exception ex) {
				this.failures.add(ex.toString());
			}
		}
	}

	/**
	 * Waits for further answers, or for a failure.
	 */
	void awaitMore(int count) {
		int goal = this.answers.get() + count;
		await().atMost(Duration.ofSeconds(60)).until(() -> this.answers.get() >= goal || !this.failures.isEmpty());
	}

	List<String> failures() {
		return List.copyOf(this.failures);
	}

	@Override
	public void close() {
		this.stopped = true;
		for (Thread thread : this.threads) {
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
