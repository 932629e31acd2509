package io.iisnode.transport.windows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

import io.netty.util.internal.PlatformDependent;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;
import io.iisnode.transport.windows.WindowsPipeTransport.CompletionMode;

/**
 * Load on a host for some minutes, with clients that go away in the middle; handles and
 * memory must not grow. Not a test of the ordinary run: <code>.ci/windows soak</code>.
 */
public final class Soak {

	private static final int CLIENTS = 8;

	private static final Duration INTERVAL = Duration.ofSeconds(20);

	private static final double TOLERANCE = 1.1;

	private final AtomicLong requests = new AtomicLong();

	private final AtomicLong aborted = new AtomicLong();

	private final AtomicLong failures = new AtomicLong();

	private final List<Sample> samples = new ArrayList<>();

	private final NodeHost host;

	private volatile boolean ended;

	private Soak(NodeHost host) {
		this.host = host;
	}

	/**
	 * Runs it.
	 * @param args number of minutes
	 */
	public static void main(String[] args) throws Exception {
		Duration duration = Duration.ofMinutes(Long.parseLong(args[0]));
		Path root = Files.createTempDirectory("soak");
		boolean flat;
		try (NodeHost host = PipeLoad.host(root, CompletionMode.OWN_LOOPS)
			.with("logging.level.root", "warn")
			.with("iisnode.applications.load.node-process-count-per-application", 2)
			.start()) {
			flat = new Soak(host).run(duration);
		}
		System.exit(flat ? 0 : 1);
	}

	private boolean run(Duration duration) throws InterruptedException {
		List<Thread> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			int seed = i;
			Thread client = new Thread(() -> load(seed), "client-" + i);
			client.start();
			clients.add(client);
		}
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < duration.toNanos()) {
			Thread.sleep(INTERVAL.toMillis());
			sample(Duration.ofNanos(System.nanoTime() - begin));
		}
		this.ended = true;
		for (Thread client : clients) {
			client.join();
		}
		System.out.printf("%d requests, %d of them aborted by the client, %d failed%n", this.requests.get(),
				this.aborted.get(), this.failures.get());
		boolean flat = isFlat("handles of the JVM", Sample::handles) & isFlat("handles of node", Sample::nodeHandles)
				& isFlat("heap of the JVM after a collection", Sample::heap)
				& isFlat("direct memory of Netty", Sample::direct) & isFlat("resident memory of the JVM", Sample::jvm)
				& isFlat("resident memory of node", Sample::node);
		return flat && this.failures.get() == 0;
	}

	private void load(int seed) {
		Random random = new Random(seed);
		while (!this.ended) {
			try (RawClient client = this.host.connect()) {
				for (int i = 0; i < 20 && !this.ended; i++) {
					this.requests.incrementAndGet();
					if (random.nextInt(10) == 0) {
						abort(client, random);
						break;
					}
					request(client, random);
				}
			}
			catch (RuntimeException ex) {
				this.failures.incrementAndGet();
				System.out.println(ex);
			}
		}
	}

	private void request(RawClient client, Random random) {
		byte[] body = new byte[random.nextInt(40_000)];
		random.nextBytes(body);
		client.send("POST /load/echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n");
		RawResponse response = client.send(body).response();
		if (response.status() != 200 || !Arrays.equals(response.bytes(), body)) {
			this.failures.incrementAndGet();
			System.out.println("Answered " + response.status() + " " + response.bytes().length + " for " + body.length);
		}
	}

	/** In the body of the request, or of the response, or before any of it. */
	private void abort(RawClient client, Random random) {
		this.aborted.incrementAndGet();
		switch (random.nextInt(3)) {
			case 0 -> client.send("POST /load/echo HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nonly this");
			case 1 -> {
				client.send("GET /load/send?mebibytes=4 HTTP/1.1\r\nHost: test\r\n\r\n");
				client.head();
			}
			default -> client.send("GET /load/pid HTTP/1.1\r\nHost: test\r\n\r\n");
		}
		client.reset();
	}

	private void sample(Duration time) {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		Map<Long, ProcessFigures> figures = ProcessFigures.all();
		ProcessFigures own = figures.get(ProcessHandle.current().pid());
		List<ProcessFigures> nodes = this.host.snapshot("load")
			.processes()
			.stream()
			.map((process) -> figures.get(process.pid()))
			.toList();
		Sample sample = new Sample(own.handles(), nodes.stream().mapToLong(ProcessFigures::handles).sum(),
				runtime.totalMemory() - runtime.freeMemory(), PlatformDependent.usedDirectMemory(), own.workingSet(),
				nodes.stream().mapToLong(ProcessFigures::workingSet).sum());
		this.samples.add(sample);
		System.out.printf(Locale.ROOT,
				"%4d s %8d requests  handles: JVM %d, node %d  MiB: heap %.1f, direct %.1f, JVM %.1f, node %.1f%n",
				time.toSeconds(), this.requests.get(), sample.handles, sample.nodeHandles, mebibytes(sample.heap),
				mebibytes(sample.direct), mebibytes(sample.jvm), mebibytes(sample.node));
	}

	private static double mebibytes(long bytes) {
		return bytes / 1048576.0;
	}

	/** The last third beside the second; the first one is for warming up. */
	private boolean isFlat(String name, ToLongFunction<Sample> figure) {
		int third = this.samples.size() / 3;
		double middle = mean(this.samples.subList(third, 2 * third), figure);
		double last = mean(this.samples.subList(2 * third, this.samples.size()), figure);
		boolean flat = last <= middle * TOLERANCE;
		System.out.printf(Locale.ROOT, "%s: %.3f of the middle third in the last one (%.0f, %.0f)%s%n", name,
				last / middle, middle, last, flat ? "" : " GROWS");
		return flat;
	}

	private static double mean(List<Sample> part, ToLongFunction<Sample> figure) {
		return part.stream().mapToLong(figure).average().orElse(0);
	}

	private record Sample(long handles, long nodeHandles, long heap, long direct, long jvm, long node) {
	}

}
