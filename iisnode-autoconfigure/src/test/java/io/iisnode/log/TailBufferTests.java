package io.iisnode.log;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TailBuffer}.
 */
class TailBufferTests {

	private final TailBuffer tail = new TailBuffer();

	@Test
	void emptyWhenNothingWasPrinted() {
		assertThat(this.tail.text()).isEmpty();
		assertThat(this.tail.lines()).isEmpty();
	}

	@Test
	void keepsEverythingUpToItsCapacity() {
		String text = "x".repeat(TailBuffer.CAPACITY - 2) + "\n!";
		append(text);
		assertThat(this.tail.text()).isEqualTo(text);
		assertThat(this.tail.lines()).hasSize(2).last().isEqualTo("!");
	}

	@Test
	void keepsTheEndOfAnySequenceOfPieces() {
		Random random = new Random(7);
		StringBuilder all = new StringBuilder();
		for (int i = 0; i < 500; i++) {
			int length = (i % 50 == 49) ? 150_000 : random.nextInt(5000);
			String piece = String.valueOf((char) ('a' + random.nextInt(26))).repeat(length);
			append(piece);
			all.append(piece);
			String expected = all.substring(Math.max(0, all.length() - TailBuffer.CAPACITY));
			assertThat(this.tail.text().equals(expected)).as("after piece " + i).isTrue();
		}
	}

	@Test
	void characterOfWhichTheBeginningIsLostIsLeftOut() {
		append("\u20ac".repeat(TailBuffer.CAPACITY));
		assertThat(this.tail.text()).matches("\u20ac{" + TailBuffer.CAPACITY / 3 + "}");
	}

	@Test
	void characterInTwoPiecesIsOneCharacter() {
		byte[] euro = "\u20ac".getBytes(StandardCharsets.UTF_8);
		this.tail.append(euro, 2);
		this.tail.append(new byte[] { euro[2] }, 1);
		assertThat(this.tail.text()).isEqualTo("\u20ac");
	}

	@Test
	void malformedBytesAreReplaced() {
		this.tail.append(new byte[] { 'a', (byte) 0xff, 'b' }, 3);
		assertThat(this.tail.text()).isEqualTo("a\ufffdb");
	}

	@Test
	void lineOfWhichTheBeginningIsLostIsLeftOut() {
		append("x".repeat(TailBuffer.CAPACITY) + "\r\nfirst\n\nlast\n");
		assertThat(this.tail.lines()).containsExactly("first", "", "last");
	}

	@Test
	void theOnlyLineStaysAlsoIfItsBeginningIsLost() {
		append("x".repeat(TailBuffer.CAPACITY + 1));
		assertThat(this.tail.lines()).hasSize(1);
	}

	private void append(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.tail.append(bytes, bytes.length);
	}

}
