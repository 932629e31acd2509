package io.iisnode.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What this JVM holds of the machine: child processes, threads of ours, descriptors of
 * sockets, pipes and file notifications, files in a folder for sockets.
 *
 * @param processes running descendants
 * @param threads our threads
 * @param descriptors open sockets, pipes and notifications; 0 where that is not known
 * @param sockets files below the folder
 */
public record Footprint(long processes, List<String> threads, long descriptors, long sockets) {

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

	private static long openDescriptors() {
		if (!Files.isDirectory(DESCRIPTORS)) {
			return 0;
		}
		try (Stream<Path> open = Files.list(DESCRIPTORS)) {
			return open.filter(Footprint::isOurs).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isOurs(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			return target.startsWith("socket:") || target.startsWith("pipe:") || target.contains("inotify");
		}
		catch (IOException ex) {
			// Closed meanwhile, as the one for this list.
			return false;
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
			assertThat(now.descriptors).as("descriptors").isLessThanOrEqualTo(this.descriptors);
			assertThat(now.sockets).as("files of sockets").isLessThanOrEqualTo(this.sockets);
		});
	}

}
