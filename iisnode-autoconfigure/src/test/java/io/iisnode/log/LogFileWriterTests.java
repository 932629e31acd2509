package io.iisnode.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogFileWriter}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LogFileWriterTests {

	private static final long NOW = 1700000000000L;

	private static final int LIMIT = 1024;

	@TempDir
	private Path scriptFolder;

	private Path folder;

	private final TestDisk disk = new TestDisk();

	private LogFileWriter writer;

	@BeforeEach
	void open() {
		LogSettings settings = new LogSettings(true, Path.of("iisnode"), LIMIT, 1024 * LIMIT, 1000);
		this.folder = settings.folder(this.scriptFolder);
		this.writer = new LogFileWriter(settings, this.folder,
				(millis) -> LogFile.name("host", 42, LogStream.STDOUT, millis), new LogFailure(42, this.folder),
				() -> Instant.ofEpochMilli(NOW), this.disk);
	}

	@Test
	void nothingIsCreatedBeforeTheFirstByte() {
		assertThat(this.folder).doesNotExist();
		write("x");
		assertThat(this.folder.resolve("host-42-stdout-" + NOW + ".txt")).hasContent("x");
		assertThat(this.writer.files()).hasSize(1);
	}

	@Test
	void everythingIsInTheFileAtOnce() {
		write("partial");
		assertThat(contents()).containsExactly("partial");
		write(" line\n");
		assertThat(contents()).containsExactly("partial line\n");
	}

	@Test
	void fileMayBeReadRenamedAndRemovedWhileItIsWritten() throws Exception {
		write("one\n");
		Files.move(this.writer.files().get(0), this.folder.resolve("kept"));
		write("two\n");
		assertThat(contents()).containsExactly("two\n");
		Files.delete(this.writer.files().get(0));
		write("three\n");
		assertThat(contents()).containsExactly("three\n");
		assertThat(this.writer.dropped()).isZero();
	}

	@Test
	void fileIsExactlyFullBeforeTheNextOneBegins() {
		write("x".repeat(LIMIT));
		assertThat(this.writer.files()).hasSize(1);
		write("y");
		assertThat(contents()).containsExactly("x".repeat(LIMIT), "y");
	}

	@Test
	void fileEndsAtALineEndThatIsNear() {
		String line = "x".repeat(99) + "\n";
		write(line.repeat(25));
		assertThat(contents()).containsExactly(line.repeat(10), line.repeat(10), line.repeat(5));
	}

	@Test
	void lineThatDoesNotFitAnyMoreBeginsTheNextFile() {
		String line = "x".repeat(99) + "\n";
		for (int i = 0; i < 25; i++) {
			write(line);
		}
		assertThat(contents()).containsExactly(line.repeat(10), line.repeat(10), line.repeat(5));
	}

	@Test
	void longLineFillsFilesToTheirLimit() {
		write("\n" + "x".repeat(2 * LIMIT));
		assertThat(contents()).containsExactly("\n" + "x".repeat(LIMIT - 1), "x".repeat(LIMIT), "x");
	}

	@Test
	void characterIsNeverInTwoFilesHoweverTheBytesArrive() throws Exception {
		String text = "a" + "\u20ac".repeat(1500) + "\ud83d\ude00".repeat(900);
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		for (int piece : List.of(1, 2, 3, 5, 7, 1000, bytes.length)) {
			open();
			for (int from = 0; from < bytes.length; from += piece) {
				byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece));
				this.writer.write(part, part.length, 0);
			}
			assertThat(String.join("", contents())).as("pieces of " + piece).isEqualTo(text);
			assertThat(contents()).as("pieces of " + piece).noneMatch((content) -> content.contains("\ufffd"));
			assertThat(this.writer.files()).allMatch((file) -> file.toFile().length() <= LIMIT);
			this.writer.close();
			for (Path file : this.writer.files()) {
				Files.delete(file);
			}
		}
	}

	@Test
	void binaryIsKeptByteForByte() throws Exception {
		byte[] bytes = new byte[5 * LIMIT];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) (0x80 + i % 0x80);
		}
		this.writer.write(bytes, bytes.length, 0);
		ByteArrayOutputStream written = new ByteArrayOutputStream();
		for (Path file : this.writer.files()) {
			assertThat(Files.size(file)).isBetween(LIMIT - 3L, (long) LIMIT);
			written.write(Files.readAllBytes(file));
		}
		assertThat(written.toByteArray()).isEqualTo(bytes);
	}

	@Test
	void filesOfTheSameMillisecondHaveNamesInOrder() {
		write("x".repeat(3 * LIMIT));
		assertThat(this.writer.files()).extracting((file) -> file.getFileName().toString())
			.containsExactly("host-42-stdout-" + NOW + ".txt", "host-42-stdout-" + (NOW + 1) + ".txt",
					"host-42-stdout-" + (NOW + 2) + ".txt");
	}

	@Test
	void nameThatIsTakenIsNotOverwritten() throws Exception {
		Files.createDirectories(this.folder);
		Path taken = Files.writeString(this.folder.resolve("host-42-stdout-" + NOW + ".txt"), "of a former process");
		write("x");
		assertThat(taken).hasContent("of a former process");
		assertThat(this.folder.resolve("host-42-stdout-" + (NOW + 1) + ".txt")).hasContent("x");
	}

	@Test
	void missingOutputIsMarkedWhereItIsMissing() {
		byte[] before = "before".getBytes(StandardCharsets.UTF_8);
		this.writer.write(before, before.length, 12345);
		write("after\n");
		assertThat(contents()).containsExactly("before\n[iisnode: 12345 bytes of output dropped]\nafter\n");
		assertThat(this.writer.dropped()).isEqualTo(12345);
	}

	@Test
	void fullDiskIsMarkedInTheSameFileOnceItHasRoom(CapturedOutput log) {
		this.disk.hasRoomFor(4);
		write("kept and lost\n");
		write("lost too\n");
		assertThat(this.disk.refusedWrites).hasValue(2);
		this.disk.hasRoomAgain();
		write("again\n");
		assertThat(contents()).containsExactly("kept\n[iisnode: 19 bytes of output dropped]\nagain\n");
		assertThat(this.writer.dropped()).isEqualTo(19);
		assertThat(LogFiles.in(this.folder)).hasSize(1);
		assertThat(log).containsOnlyOnce("WARN")
			.contains("Cannot write the output of node process 42 to " + this.folder)
			.contains("No space left on device")
			.contains("set logging-enabled to false");
	}

	@Test
	void folderRemovedWhileRunningIsMadeAgainAndNothingIsLost() throws Exception {
		write("one\n");
		for (Path file : LogFiles.all(this.folder)) {
			Files.delete(file);
		}
		Files.delete(this.folder);
		write("two\n");
		assertThat(contents()).containsExactly("two\n");
		assertThat(this.writer.dropped()).isZero();
	}

	@Test
	void fileInThePlaceOfTheFolderDropsUntilItIsGone(CapturedOutput log) throws Exception {
		Files.writeString(this.folder, "not a folder");
		write("lost\n");
		write("lost\n");
		assertThat(this.folder).hasContent("not a folder");
		Files.delete(this.folder);
		write("kept\n");
		assertThat(contents()).containsExactly("[iisnode: 10 bytes of output dropped]\nkept\n");
		assertThat(log).containsOnlyOnce("WARN").contains("FileAlreadyExistsException");
	}

	@Test
	void listOfFilesIsBounded() {
		LogSettings settings = new LogSettings(true, Path.of("iisnode"), LIMIT, 4 * LIMIT, 3);
		this.writer = new LogFileWriter(settings, this.folder,
				(millis) -> LogFile.name("host", 42, LogStream.STDOUT, millis), new LogFailure(42, this.folder),
				() -> Instant.ofEpochMilli(NOW), this.disk);
		write("x".repeat(50 * LIMIT));
		assertThat(this.writer.files()).hasSize(3);
		assertThat(LogFiles.in(this.folder)).hasSize(3);
	}

	private void write(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.writer.write(bytes, bytes.length, 0);
	}

	private List<String> contents() {
		List<String> contents = new ArrayList<>();
		this.writer.files().forEach((file) -> contents.add(LogFiles.text(file)));
		return contents;
	}

}
