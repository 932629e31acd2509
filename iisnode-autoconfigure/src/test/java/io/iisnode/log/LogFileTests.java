package io.iisnode.log;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogFile}.
 */
class LogFileTests {

	@TempDir
	private Path folder;

	@Test
	void listsOnlyWhatIsNamedLikeALogFile() throws Exception {
		Files.createFile(this.folder.resolve("host-1-stdout-5.txt"));
		Files.createFile(this.folder.resolve("notes.txt"));
		Files.createFile(this.folder.resolve("host-1-stdout-5.txt.bak"));
		Files.createFile(this.folder.resolve("host-x-stdout-5.txt"));
		Files.createFile(this.folder.resolve("host-1-stdin-5.txt"));
		Files.createFile(this.folder.resolve("-1-stdout-5.txt"));
		Files.createFile(this.folder.resolve("host-1-stdout-99999999999999999999.txt"));
		Files.createDirectory(this.folder.resolve("host-1-stdout-6.txt"));
		assertThat(LogFile.list(this.folder)).extracting(LogFile::name).containsExactly("host-1-stdout-5.txt");
	}

	@Test
	void nameTellsHostProcessStreamAndTime() throws Exception {
		String name = LogFile.name("my-host.example-1", 42, LogStream.STDERR, 1700000000123L);
		assertThat(name).isEqualTo("my-host.example-1-42-stderr-1700000000123.txt");
		Files.writeString(this.folder.resolve(name), "four");
		LogFile file = LogFile.list(this.folder).get(0);
		assertThat(file.host()).isEqualTo("my-host.example-1");
		assertThat(file.pid()).isEqualTo(42);
		assertThat(file.stream()).isEqualTo(LogStream.STDERR);
		assertThat(file.createdAt()).isEqualTo(Instant.ofEpochMilli(1700000000123L));
		assertThat(file.size()).isEqualTo(4);
		assertThat(file.lastModified()).isAfter(Instant.EPOCH);
	}

	@Test
	void newestFirst() throws Exception {
		for (String name : List.of("a-1-stdout-2.txt", "b-1-stdout-10.txt", "c-1-stderr-3.txt")) {
			Files.createFile(this.folder.resolve(name));
		}
		assertThat(LogFile.list(this.folder)).extracting(LogFile::name)
			.containsExactly("b-1-stdout-10.txt", "c-1-stderr-3.txt", "a-1-stdout-2.txt");
	}

	@Test
	void noFolderHasNoFiles() throws Exception {
		assertThat(LogFile.list(this.folder.resolve("missing"))).isEmpty();
		assertThat(LogFile.list(Files.createFile(this.folder.resolve("file")))).isEmpty();
	}

}
