package io.iisnode.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What many idle streams of events cost: opens them, then sends one event to all, and
 * prints the memory. Start it with the heap to try, in a shell that allows more than
 * twice as many open files: <code>java -Xmx512m -cp ... IdleStreams 10000</code>. With
 * <code>h2</code> behind the number, the clients speak HTTP/2 and have 100 streams on
 * each connection, so that about as many open files are enough as there are streams.
 */
public final class IdleStreams {

	private static final int MIB = 1024 * 1024;

	private IdleStreams() {
	}

	/**
	 * Runs it.
	 * @param args the number of streams, and <code>h2</code> for HTTP/2
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		int count = (args.length > 0) ? Integer.parseInt(args[0]) : 10_000;
		String protocol = (args.length > 1) ? args[1] : "";
		Path folder = Files.createTempDirectory("idle-streams");
		copy("server.js", folder);
		Path clients = copy("clients.js", folder);
		try (ConfigurableApplicationContext context = SpringApplication.run(BenchmarkApplication.class,
				"--server.port=0", "--iisnode.root=" + folder, "--iisnode.applications.streams.script=server.js",
				"--server.http2.enabled=" + protocol.equals("h2"), "--iisnode.applications.streams.path=/**",
				"--iisnode.node-process-count-per-application=1",
				"--iisnode.max-concurrent-requests-per-process=" + (count + 100))) {
			int port = Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
			get(port, "/emit?warm");
			print("before", 0);
			Process process = new ProcessBuilder("node", clients.toString(), Integer.toString(port),
					Integer.toString(count), protocol)
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			try (BufferedReader lines = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
				long began = System.nanoTime();
				expect(lines, "open " + count);
				print("open", System.nanoTime() - began);
				began = System.nanoTime();
				String reached = get(port, "/emit?1");
				expect(lines, "received " + count);
				print("one event to " + reached, System.nanoTime() - began);
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

	private static Path copy(String name, Path folder) throws IOException {
		Path target = folder.resolve(name);
		try (InputStream source = IdleStreams.class.getResourceAsStream("/idle-streams/" + name)) {
			if (source == null) {
				throw new IllegalStateException(name + " is missing");
			}
			Files.copy(source, target);
		}
		return target;
	}

	private static String get(int port, String path) throws InterruptedException {
		try {
			return HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
						HttpResponse.BodyHandlers.ofString())
				.body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void expect(BufferedReader lines, String wanted) throws IOException {
		String line = lines.readLine();
		if (!wanted.equals(line)) {
			throw new IllegalStateException("Expected '" + wanted + "', got '" + line + "'");
		}
	}

	private static void print(String what, long nanos) throws IOException {
		System.gc();
		long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
		long direct = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory() / MIB;
		System.out.printf("%s: heap after collection %d MiB of %d MiB, direct memory of Netty %d MiB, %s, %d ms%n",
				what, heap, Runtime.getRuntime().maxMemory() / MIB, direct, resident(), nanos / 1_000_000);
	}

	private static String resident() throws IOException {
		Path status = Path.of("/proc/self/status");
		if (!Files.exists(status)) {
			return "resident memory unknown";
		}
		return Files.readAllLines(status)
			.stream()
			.filter((line) -> line.startsWith("VmRSS"))
			.map((line) -> "resident " + Integer.parseInt(line.replaceAll("\\D", "")) / 1024 + " MiB")
			.findFirst()
			.orElse("resident memory unknown");
	}

}
