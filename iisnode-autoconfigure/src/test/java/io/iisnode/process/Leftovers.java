package io.iisnode.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.condition.OS;

import io.iisnode.application.ApplicationSnapshot;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Looks for what processes may leave behind.
 */
final class Leftovers {

	private Leftovers() {
	}

	/**
	 * Waits until nothing of an application is left: requests, processes, threads that
	 * read their output. The name is also that of its folder.
	 */
	static void assertNone(NodeHost host, String application) {
		List<Process> started = host.context().getBean(RecordingLauncher.class).startedIn(application);
		await().untilAsserted(() -> {
			ApplicationSnapshot snapshot = host.snapshot(application);
			assertThat(snapshot.processes()).isEmpty();
			assertThat(snapshot.activeRequests()).isZero();
			assertThat(snapshot.pendingRequests()).isZero();
			assertThat(started).noneMatch(Process::isAlive);
			for (Process process : started) {
				assertThat(threads()).noneMatch((name) -> name.startsWith("iisnode-log-" + process.pid() + "-"));
			}
		});
	}

	/**
	 * Whether a process runs. To Java, one that has died lives on until its parent, which
	 * may have become init, has asked for its exit code.
	 */
	static boolean isAlive(long pid) {
		boolean found = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
		if (OS.WINDOWS.isCurrentOs()) {
			return found;
		}
		try {
			return found && !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
		}
		catch (IOException ex) {
			// Gone meanwhile, or a system without such files.
			return found && Files.notExists(Path.of("/proc"));
		}
	}

	/**
	 * Asserts that nothing is left of a pipe.
	 */
	static void assertGone(String pipe) {
		if (OS.WINDOWS.isCurrentOs()) {
			// Its name is no file: whether it exists is known by opening it.
			assertThatIOException().as(pipe).isThrownBy(() -> new RandomAccessFile(pipe, "rw").close());
		}
		else {
			assertThat(Path.of(pipe)).doesNotExist();
		}
	}

	static List<String> threads() {
		return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
	}

	/**
	 * The sockets below a pipe directory; none where pipes are not files.
	 */
	static List<Path> sockets(Path pipeDirectory) {
		try (Stream<Path> files = Files.walk(pipeDirectory)) {
			return files.filter((path) -> !Files.isDirectory(path)).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
