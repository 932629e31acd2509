package io.iisnode.benchmarks.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that send requests of all kinds, one after another, until they are stopped.
 */
final class Load {

	private final int port;

	private final List<Thread> threads = new ArrayList<>();

	/**
	 * What was counted, by what happened at the same time.
	 */
	private final Map<String, Map<Kind, Tally>> tallies = new ConcurrentHashMap<>();

	private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

	private volatile String phase;

	private volatile String target;

	/**
	 * Requests on their way, but for streams; while it pauses none is added.
	 */
	private final AtomicInteger working = new AtomicInteger();

	private volatile boolean pausing;

	private volatile boolean stopped;

	Load(int port, String phase, String target) {
		this.port = port;
		enter(phase, target);
		for (Kind kind : Kind.values()) {
			for (int i = 0; i < kind.clients; i++) {
				Thread thread = new Thread(() -> run(kind), "load-" + kind);
				thread.setDaemon(true);
				thread.start();
				this.threads.add(thread);
			}
		}
	}

	/**
	 * What begins from now on counts for this phase, and goes to this application, but
	 * for streams.
	 */
	void enter(String next, String path) {
		this.target = path;
		this.tallies.computeIfAbsent(next, (name) -> {
			Map<Kind, Tally> fresh = new EnumMap<>(Kind.class);
			for (Kind kind : Kind.values()) {
				fresh.put(kind, new Tally());
			}
			return fresh;
		});
		this.phase = next;
	}

	Tally tally(String name, Kind kind) {
		return this.tallies.get(name).get(kind);
	}

	List<Failure> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * Begins nothing more but streams.
	 */
	void pause() {
		this.pausing = true;
	}

	/**
	 * Goes on, all at once.
	 */
	void resume() {
		this.pausing = false;
	}

	/**
	 * Whether no request is on its way, but for streams.
	 */
	boolean isQuiet() {
		return this.working.get() == 0;
	}

	int clients() {
		return this.threads.size();
	}

	/**
	 * Stops; what goes on may finish, but for streams, which do not.
	 */
	void stop() throws InterruptedException {
		this.stopped = true;
		for (Thread thread : this.threads) {
			if (!thread.getName().endsWith(Kind.EVENTS.toString())) {
				thread.join(TimeUnit.SECONDS.toMillis(30));
			}
		}
	}

	private void run(Kind kind) {
		Random random = new Random(kind.ordinal());
		try (LoadClient client = new LoadClient(this.port)) {
			while (!this.stopped) {
				if (kind == Kind.EVENTS) {
					once(kind, client, random);
				}
				else {
					this.working.incrementAndGet();
					// In this order, so that nothing begins once all is quiet.
					if (!this.pausing) {
						once(kind, client, random);
					}
					this.working.decrementAndGet();
				}
				LockSupport.parkNanos(kind.pause.toNanos());
			}
		}
	}

	private void once(Kind kind, LoadClient client, Random random) {
		String name = this.phase;
		Tally tally = tally(name, kind);
		long begin = System.nanoTime();
		try {
			kind.request(client, random, this.target);
			tally.add(System.nanoTime() - begin);
		}
		catch (IOException | RuntimeException ex) {
			if (!this.stopped || kind != Kind.EVENTS) {
				this.failures.add(new Failure(name, kind, client.pid(), ex.toString()));
			}
		}
	}

	/**
	 * Kinds of requests.
	 */
	enum Kind {

		/** Small and fast. */
		GET(4, Duration.ofMillis(2)) {
			@Override
			void request(LoadClient client, Random random, String target) throws IOException {
				expect(client.exchange("GET " + target + "/", "", new byte[0]), "hello");
			}
		},

		/** Up to 200 kB of body. */
		UPLOAD(2, Duration.ofMillis(5)) {
			@Override
			void request(LoadClient client, Random random, String target) throws IOException {
				byte[] body = new byte[1 + random.nextInt(200_000)];
				expect(client.exchange("POST " + target + "/upload", "text/plain", body),
						Integer.toString(body.length));
			}
		},

		/** A response in ten pieces within 0.4 s. */
		SLOW(2, Duration.ofMillis(5)) {
			@Override
			void request(LoadClient client, Random random, String target) throws IOException {
				expect(client.exchange("GET " + target + "/slow", "", new byte[0]), "..........");
			}
		},

		/** A stream without end; counted is each end in order. */
		EVENTS(2, Duration.ofMillis(20)) {
			@Override
			void request(LoadClient client, Random random, String target) throws IOException {
				client.exchange("GET /app/events", "", new byte[0]);
			}
		};

		private final int clients;

		private final Duration pause;

		Kind(int clients, Duration pause) {
			this.clients = clients;
			this.pause = pause;
		}

		abstract void request(LoadClient client, Random random, String target) throws IOException;

		private static void expect(String body, String expected) throws IOException {
			if (!body.equals(expected)) {
				throw new IOException("Another body than expected: " + body);
			}
		}

	}

	/**
	 * A request that failed.
	 *
	 * @param phase what happened when it began
	 * @param kind its kind
	 * @param pid the process that worked on it, 0 if nobody has told
	 * @param message how it failed
	 */
	record Failure(String phase, Kind kind, long pid, String message) {
	}

	/**
	 * Requests of one kind in one phase that did not fail.
	 */
	static final class Tally {

		private long count;

		private long sum;

		private long longest;

		synchronized void add(long nanos) {
			this.count++;
			this.sum += nanos;
			this.longest = Math.max(this.longest, nanos);
		}

		synchronized long count() {
			return this.count;
		}

		synchronized double meanMillis() {
			return (this.count > 0) ? this.sum / 1e6 / this.count : 0;
		}

		synchronized double longestMillis() {
			return this.longest / 1e6;
		}

	}

}
