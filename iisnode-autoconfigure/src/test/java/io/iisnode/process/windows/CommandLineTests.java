package io.iisnode.process.windows;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Quoting and the search for executables, on any operating system.
 */
class CommandLineTests {

	@ParameterizedTest
	@CsvSource(quoteCharacter = '\'', textBlock = """
			plain,                plain
			two words,            two words
			C:\\folder\\,         C:\\folder\\
			C:\\two words\\,      "C:\\two words\\\\"
			say "hi",             "say \\"hi\\""
			"x",                  "\\"x\\""
			a\\"b,                "a\\\\\\"b"
			a\\b"c\\,             "a\\b\\"c\\\\"
			'',                   '""'
			""")
	void quotesWhereTheJdkDoesNot(String argument, String expected) {
		assertThat(CommandLine.quote(argument)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "C:\\a\\b, \\\\?\\C:\\a\\b", "\\\\server\\share\\a, \\\\?\\UNC\\server\\share\\a" })
	void longPathsHaveAPrefix(String path, String expected) {
		assertThat(WorkingFolder.withPrefix(path)).isEqualTo(expected);
		assertThat(WorkingFolder.withPrefix(expected)).isEqualTo(expected);
		assertThat(WorkingFolder.withoutPrefix(expected)).isEqualTo(path);
		assertThat(WorkingFolder.withoutPrefix(path)).isEqualTo(path);
	}

	@Test
	void findsExecutablesOnThePath(@TempDir Path folder) throws Exception {
		Path executable = Files.createFile(Files.createDirectory(folder.resolve("two words")).resolve("node.exe"));
		Path batch = Files.createFile(folder.resolve("node.cmd"));
		String path = String.join(File.pathSeparator, folder.toString(), "", "relative",
				'"' + executable.getParent().toString() + '"');
		assertThat(CommandLine.find("node", path)).isEqualTo(executable.toString());
		assertThat(CommandLine.find("node.exe", path)).isEqualTo(executable.toString());
		assertThat(CommandLine.find("node.cmd", path)).isEqualTo(batch.toString());
		assertThat(CommandLine.find(".\\node", path)).isEqualTo(".\\node");
		assertThat(CommandLine.of(List.of("node", "a b\\"), path)).containsExactly(executable.toString(),
				"\"a b\\\\\"");
	}

	@Test
	void looksForExecutablesNowhereElse(@TempDir Path folder) throws Exception {
		// There is such a file in the working folder.
		assertThat(Path.of("pom.xml")).exists();
		assertThatIOException().isThrownBy(() -> CommandLine.find("pom.xml", folder.toString()))
			.withMessageContaining("PATH");
		assertThatIOException().isThrownBy(() -> CommandLine.find("pom.xml", ".")).withMessageContaining("PATH");
	}

}
