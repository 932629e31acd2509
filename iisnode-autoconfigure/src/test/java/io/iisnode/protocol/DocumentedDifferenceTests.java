package io.iisnode.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The document and the test know the same differences.
 */
class DocumentedDifferenceTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "http.md");

	@Test
	void everyDifferenceStandsInTheDocument() throws IOException {
		List<String> documented = Files.readString(DOCUMENT)
			.lines()
			.filter((line) -> line.startsWith("| D"))
			.map((line) -> line.split("\\|")[2].strip())
			.toList();
		assertThat(documented).containsExactlyElementsOf(
				Stream.of(DocumentedDifference.values()).map(DocumentedDifference::title).toList());
	}

}
