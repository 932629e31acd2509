package io.iisnode.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What this JVM holds of the machine: child processes, threads of ours, descriptors by
 * kind, files in a folder for sockets.
 *
 * @param processes running descendants
 * @param threads our threads
 * @param descriptors how many are open of each kind: sockets, pipes, notifications,
 * selectors, files; empty where that is not known
 * @param sockets files below the folder
 */
public record Footprint(long processes, List<String> threads, Map<String, Long> descriptors, long sockets) {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	/**
	 * Looks.
	 * @param pipeDirectory where sockets are made; need not exist
	 */
	public static Footprint of(Path pipeDirectory) {
		return new Footprint(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count(),
				Thread.getAllStackTraces()
					.keySet()
					.stream()
					.map(Thread::getName)
					.filter((name) -> name.startsWith("iisnode"))
					.sorted()
					.toList(),
				openDescriptors(), files(pipeDirectory));
	}

	private static Map<String, Long> openDescriptors() {
		if (!Files.isDirectory(DESCRIPTORS)) {
			return Map.of();
		}
		try (Stream<Path> open = Files.list(DESCRIPTORS)) {
			return open.map(Footprint::kindOf)
				.filter((kind) -> !kind.isEmpty())
				.collect(Collectors.groupingBy((kind) -> kind, TreeMap::new, Collectors.counting()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What a descriptor stands for.
	 * @return empty if it does not count: code is opened when it is first used
	 */
	private static String kindOf(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			if (!target.startsWith("/")) {
				return target.replaceFirst(":\\[\\d+]", "");
			}
			boolean counts = !target.matches("/(dev|proc)/.*|.*(\\.jar|\\.so|/modules)");
			return counts ? "file" : "";
		}
		catch (IOException ex) {
			// Closed meanwhile, as the one for this list.
			return "";
		}
	}

	private static long files(Path folder) {
		if (!Files.isDirectory(folder)) {
			return 0;
		}
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter((path) -> !path.equals(folder)).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits until nothing has been added since.
	 * @param pipeDirectory as before
	 */
	public void awaitNoMore(Path pipeDirectory) {
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			Footprint now = of(pipeDirectory);
			assertThat(now.processes).as("processes").isLessThanOrEqualTo(this.processes);
			assertThat(now.threads).as("threads").hasSizeLessThanOrEqualTo(this.threads.size());
			assertThat(now.descriptors).as("descriptors before: %s", this.descriptors)
				.allSatisfy((kind, count) -> assertThat(count).as(kind)
					.isLessThanOrEqualTo(this.descriptors.getOrDefault(kind, 0L)));
			assertThat(now.sockets).as("files of sockets").isLessThanOrEqualTo(this.sockets);
		});
	}

}
