package io.iisnode.log;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProcessLog} with streams and disks of our own.
 */
@ExtendWith(OutputCaptureExtension.class)
class ProcessLogTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final Pattern MARK = Pattern.compile("\\[iisnode: (\\d+) bytes of output dropped]\n");

	private static final LogSettings SETTINGS = new LogSettings(true, Path.of("logs"), 1 << 20, 1 << 24, 20);

	@TempDir
	private Path scriptFolder;

	private final TestDisk disk = new TestDisk();

	private final List<ProcessLog> logs = new ArrayList<>();

	@AfterEach
	void awaitWriters() {
		this.disk.unblock();
		for (ProcessLog log : this.logs) {
			log.close();
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
		}
	}

	@Test
	void eachStreamHasItsFiles() {
		try (ProcessLog log = open(SETTINGS, bytes("out\n"), bytes("err\n"), null)) {
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
			assertThat(log.files()).extracting((file) -> file.getFileName().toString())
				.satisfiesExactly(
						(name) -> assertThat(name).matches(Pattern.quote(HostName.get()) + "-42-stdout-\\d+\\.txt"),
						(name) -> assertThat(name).matches(Pattern.quote(HostName.get()) + "-42-stderr-\\d+\\.txt"));
			assertThat(log.files()).extracting(LogFiles::text).containsExactly("out\n", "err\n");
			assertThat(log.tail(LogStream.STDOUT)).isEqualTo("out\n");
			assertThat(log.lastLines(LogStream.STDERR)).containsExactly("err");
			assertThat(log.droppedBytes(LogStream.STDOUT)).isZero();
		}
	}

	@Test
	void silentProcessLeavesNothingBehind() {
		try (ProcessLog log = open(SETTINGS, bytes(""), bytes(""), null)) {
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
			assertThat(log.files()).isEmpty();
			assertThat(LogFiles.all(this.scriptFolder)).isEmpty();
		}
	}

	@Test
	void disabledLogReadsOnAndKeepsTheLastWords() {
		LogSettings disabled = new LogSettings(false, Path.of("logs"), 1024, 1024, 1);
		byte[] much = new byte[5_000_000];
		try (ProcessLog log = open(disabled, new ByteArrayInputStream(much), bytes("last words"), null)) {
			assertThat(log.awaitEnd(LIMIT)).isTrue();
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
			assertThat(log.tail(LogStream.STDOUT)).hasSize(65536);
			assertThat(log.tail(LogStream.STDERR)).isEqualTo("last words");
			assertThat(log.files()).isEmpty();
			assertThat(LogFiles.all(this.scriptFolder)).isEmpty();
		}
	}

	@Test
	void blockedDiskNeverHoldsTheProcessUpAndWhatIsMissingIsMarked() throws Exception {
		this.disk.block();
		try (PipedStream out = new PipedStream(); ProcessLog log = open(SETTINGS, out.in, bytes(""), null)) {
			for (int i = 0; i < 5_000; i++) {
				out.write("x".repeat(1_000));
			}
			out.end();
			assertThat(log.awaitEnd(LIMIT)).isTrue();
			assertThat(log.flushed()).isNotDone();
			assertThat(log.tail(LogStream.STDOUT)).hasSize(65536);
			this.disk.unblock();
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
			String text = LogFiles.text(this.scriptFolder.resolve("logs"), LogStream.STDOUT);
			Matcher mark = MARK.matcher(text);
			assertThat(mark.find()).isTrue();
			long dropped = log.droppedBytes(LogStream.STDOUT);
			assertThat(mark.group(1)).isEqualTo(String.valueOf(dropped));
			long kept = text.chars().filter((character) -> character == 'x').count();
			assertThat(kept + dropped).isEqualTo(5_000_000);
			assertThat(kept).as("memory that held what waited").isLessThanOrEqualTo(2 * 256 * 1024);
		}
	}

	@Test
	void diskThatComesBackGetsWhatFollows() throws Exception {
		this.disk.hasRoomFor(0);
		try (PipedStream out = new PipedStream(); ProcessLog log = open(SETTINGS, out.in, bytes(""), null)) {
			out.write("lost\n");
			Awaitility.await().untilAsserted(() -> assertThat(log.droppedBytes(LogStream.STDOUT)).isEqualTo(5));
			this.disk.hasRoomAgain();
			out.write("kept\n");
			Awaitility.await()
				.untilAsserted(() -> assertThat(LogFiles.text(this.scriptFolder.resolve("logs"), LogStream.STDOUT))
					.isEqualTo("[iisnode: 5 bytes of output dropped]\nkept\n"));
		}
	}

	@Test
	void failingDiskIsToldOnceForBothStreams(CapturedOutput output) throws Exception {
		Files.writeString(this.scriptFolder.resolve("logs"), "a file in the place of the folder");
		try (ProcessLog log = open(SETTINGS, bytes("out"), bytes("err"), null)) {
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
			assertThat(log.tail(LogStream.STDOUT)).isEqualTo("out");
			assertThat(log.droppedBytes(LogStream.STDERR)).isEqualTo(3);
			assertThat(output).containsOnlyOnce("Cannot write the output of node process 42");
		}
	}

	@Test
	void listenerHearsLinesOfBothStreamsAndMayFail(CapturedOutput output) {
		List<String> heard = new CopyOnWriteArrayList<>();
		LogListener listener = (stream, line) -> {
			heard.add(stream.label() + ":" + line);
			throw new IllegalStateException("listener failed");
		};
		try (ProcessLog log = open(SETTINGS, bytes("one\ntwo"), bytes("three\n"), listener)) {
			assertThat(log.awaitEnd(LIMIT)).isTrue();
			assertThat(heard).containsExactlyInAnyOrder("stdout:one", "stdout:two", "stderr:three");
			assertThat(output).containsOnlyOnce("A listener to the stdout of node failed");
		}
	}

	@Test
	void closeEndsTheLogOfAStreamThatDoesNotEndAndReadsOn() throws Exception {
		try (PipedStream out = new PipedStream()) {
			ProcessLog log = open(SETTINGS, out.in, bytes(""), null);
			out.write("before");
			Awaitility.await().until(() -> log.tail(LogStream.STDOUT).equals("before"));
			assertThat(log.awaitEnd(Duration.ofMillis(1))).isFalse();
			log.close();
			assertThat(log.awaitEnd(Duration.ZERO)).isTrue();
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
			for (int i = 0; i < 10; i++) {
				out.write("x".repeat(10_000));
			}
			assertThat(log.tail(LogStream.STDOUT)).isEqualTo("before");
			assertThat(LogFiles.text(this.scriptFolder.resolve("logs"), LogStream.STDOUT)).isEqualTo("before");
		}
	}

	@Test
	void brokenStreamIsAnEnd() {
		InputStream broken = new InputStream() {

			@Override
			public int read() throws IOException {
				throw new IOException("Stream closed");
			}

		};
		try (ProcessLog log = open(SETTINGS, broken, bytes(""), null)) {
			assertThat(log.awaitEnd(LIMIT)).isTrue();
			log.flushed().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
		}
	}

	@Test
	void readersAreNamedDaemonsThatEndWithTheStream() throws Exception {
		try (PipedStream out = new PipedStream(); ProcessLog log = open(SETTINGS, out.in, bytes(""), null)) {
			Thread reader = thread("iisnode-log-42-stdout");
			assertThat(reader.isDaemon()).isTrue();
			out.end();
			reader.join(LIMIT.toMillis());
			assertThat(reader.isAlive()).isFalse();
			assertThat(log.awaitEnd(LIMIT)).isTrue();
		}
	}

	@Test
	void futuresThatWereGivenOutDoNotEndTheLog() throws Exception {
		try (PipedStream out = new PipedStream(); ProcessLog log = open(SETTINGS, out.in, bytes(""), null)) {
			log.ended().complete(null);
			log.flushed().cancel(true);
			assertThat(log.ended()).isNotDone();
			assertThat(log.flushed()).isNotDone();
		}
	}

	private static Thread thread(String name) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private ProcessLog open(LogSettings settings, InputStream out, InputStream err, @Nullable LogListener listener) {
		ProcessLog log = ProcessLog.open(settings, this.scriptFolder, 42, out, err, listener, InstantSource.system(),
				this.disk, Duration.ofMillis(20));
		this.logs.add(log);
		return log;
	}

	private static InputStream bytes(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * A pipe whose writer waits while nobody reads, as that of a process does.
	 */
	private static final class PipedStream implements AutoCloseable {

		private final PipedOutputStream out = new PipedOutputStream();

		private final InputStream in;

		private PipedStream() throws IOException {
			this.in = new PipedInputStream(this.out, 4096);
		}

		private void write(String text) throws IOException {
			this.out.write(text.getBytes(StandardCharsets.UTF_8));
			this.out.flush();
		}

		private void end() throws IOException {
			this.out.close();
		}

		@Override
		public void close() throws IOException {
			end();
		}

	}

}
