package io.iisnode.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that ask one request after another, each on a connection of its own that is
 * kept alive, until they are stopped.
 */
public final class ConstantLoad implements AutoCloseable {

	private final NodeHost host;

	private final String expected;

	private final List<Thread> clients = new ArrayList<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private final AtomicLong requests = new AtomicLong();

	private final AtomicLong longestNanos = new AtomicLong();

	private volatile boolean stopped;

	private ConstantLoad(NodeHost host, String expected) {
		this.host = host;
		this.expected = expected;
	}

	/**
	 * Starts the clients.
	 * @param host what they ask
	 * @param expected the body that each response must have, with the status 200
	 * @param paths one client for each
	 */
	public static ConstantLoad on(NodeHost host, String expected, String... paths) {
		ConstantLoad load = new ConstantLoad(host, expected);
		for (String path : paths) {
			load.clients.add(new Thread(() -> load.run(path), "load-" + path));
		}
		load.clients.forEach(Thread::start);
		return load;
	}

	private void run(String path) {
		try (RawClient client = this.host.connect()) {
			while (!this.stopped) {
				long begin = System.nanoTime();
				RawResponse response = client.get(path);
				this.longestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
				this.requests.incrementAndGet();
				if (response.status() != 200 || !response.complete() || !response.body().equals(this.expected)) {
					this.failures.add(path + ": " + response);
				}
			}
		}
		catch (RuntimeException ex) {
			this.failures.add(path + ": " + ex);
		}
	}

	/**
	 * What went wrong so far.
	 */
	public List<String> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * Requests so far.
	 */
	public long requests() {
		return this.requests.get();
	}

	/**
	 * The longest time until a response was complete.
	 */
	public long longestMillis() {
		return TimeUnit.NANOSECONDS.toMillis(this.longestNanos.get());
	}

	/**
	 * Stops the clients and waits for their last responses.
	 */
	@Override
	public void close() {
		this.stopped = true;
		for (Thread client : this.clients) {
			try {
				client.join(TimeUnit.SECONDS.toMillis(30));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
