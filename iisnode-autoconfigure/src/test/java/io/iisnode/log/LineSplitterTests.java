package io.iisnode.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LineSplitter}.
 */
class LineSplitterTests {

	private final List<String> lines = new ArrayList<>();

	private final LineSplitter splitter = new LineSplitter(this.lines::add);

	@Test
	void linesDoNotDependOnThePieces() {
		byte[] bytes = "one\r\ntw\u20ac\n\n\rth\rree\n".getBytes(StandardCharsets.UTF_8);
		for (byte value : bytes) {
			this.splitter.append(new byte[] { value }, 1);
		}
		List<String> piecemeal = List.copyOf(this.lines);
		this.lines.clear();
		this.splitter.append(bytes, bytes.length);
		assertThat(this.lines).isEqualTo(piecemeal).containsExactly("one", "tw\u20ac", "", "\rth\rree");
	}

	@Test
	void unfinishedLineComesAtTheEnd() {
		append("done\nunfinished");
		assertThat(this.lines).containsExactly("done");
		this.splitter.end();
		this.splitter.end();
		assertThat(this.lines).containsExactly("done", "unfinished");
	}

	@Test
	void longLineComesInPiecesOfWholeCharacters() {
		append("\u20ac".repeat(LineSplitter.MAX_LINE) + "\n");
		assertThat(this.lines).hasSizeGreaterThan(2)
			.allSatisfy((line) -> assertThat(line).matches("\u20ac+"))
			.allSatisfy((line) -> assertThat(line.getBytes(StandardCharsets.UTF_8).length)
				.isLessThanOrEqualTo(LineSplitter.MAX_LINE));
		assertThat(String.join("", this.lines)).hasSize(LineSplitter.MAX_LINE);
	}

	@Test
	void lineOfTheGreatestLengthIsOneLine() {
		append("x".repeat(LineSplitter.MAX_LINE) + "\n");
		assertThat(this.lines).hasSize(1);
	}

	private void append(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.splitter.append(bytes, bytes.length);
	}

}
