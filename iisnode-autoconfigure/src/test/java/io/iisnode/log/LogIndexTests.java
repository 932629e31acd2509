package io.iisnode.log;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogIndex}.
 */
class LogIndexTests {

	@TempDir
	private Path folder;

	@Test
	void filesAreLinkedInTheGivenOrder() throws Exception {
		log("a-1-stdout-1000.txt");
		log("b-2-stderr-2000.txt");
		assertThat(write()).containsSubsequence("<!DOCTYPE html>", "1970-01-01T00:00:02Z", ">2<", ">stderr<",
				"href=\"./b-2-stderr-2000.txt\"", "href=\"./a-1-stdout-1000.txt\"", "</html>");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "such characters are not allowed in names")
	void namesAreEscaped() throws Exception {
		log("<b>\"&'#?% \u00fc-1-stdout-1000.txt");
		assertThat(write()).contains("href=\"./%3Cb%3E%22%26%27%23%3F%25%20%C3%BC-1-stdout-1000.txt\"")
			.contains(">&lt;b&gt;&quot;&amp;&#39;#?% \u00fc-1-stdout-1000.txt</a>")
			.doesNotContain("<b>");
	}

	@Test
	void ownPageIsReplaced() throws Exception {
		assertThat(write()).doesNotContain("href");
		log("a-1-stdout-1000.txt");
		assertThat(write()).contains("href");
		assertThat(LogFiles.all(this.folder)).hasSize(2);
	}

	@Test
	void manyChangesAreOnePageSoon() {
		AtomicInteger pages = new AtomicInteger();
		LogIndex index = new LogIndex(this.folder, () -> {
			pages.incrementAndGet();
			return Set.of();
		});
		for (int i = 0; i < 1000; i++) {
			index.writeSoon();
		}
		Awaitility.await().until(() -> Files.exists(this.folder.resolve("index.html")));
		index.write();
		assertThat(pages).hasValueLessThan(20);
	}

	@Test
	void folderThatIsGoneIsOfNoConcern() throws Exception {
		Files.delete(this.folder);
		new LogIndex(this.folder, Set::of).write();
		assertThat(this.folder).doesNotExist();
		Files.createDirectory(this.folder);
	}

	@Test
	void pageOfSomebodyElseIsLeftAlone() throws Exception {
		Files.writeString(this.folder.resolve("index.html"), "<h1>my application</h1>");
		log("a-1-stdout-1000.txt");
		assertThat(write()).isEqualTo("<h1>my application</h1>");
	}

	private String write() throws Exception {
		new LogIndex(this.folder, Set::of).write();
		return Files.readString(this.folder.resolve("index.html"));
	}

	private void log(String name) throws Exception {
		Files.createFile(this.folder.resolve(name));
	}

}
