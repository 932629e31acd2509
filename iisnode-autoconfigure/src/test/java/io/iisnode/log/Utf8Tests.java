package io.iisnode.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Utf8}.
 */
class Utf8Tests {

	/** One character each of one, two, three and four bytes: ends at 1, 3, 6, 10. */
	private static final byte[] TEXT = "a\u00fc\u20ac\ud83d\ude00".getBytes(StandardCharsets.UTF_8);

	@Test
	void boundaryIsNeverInsideACharacter() {
		int[] expected = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10 };
		for (int index = 0; index <= TEXT.length; index++) {
			assertThat(Utf8.boundary(TEXT, 0, index)).as("cut at " + index).isEqualTo(expected[index]);
		}
	}

	@Test
	void missingIsWhatTheLastCharacterLacks() {
		int[] expected = { 0, 0, 1, 0, 2, 1, 0, 3, 2, 1, 0 };
		for (int end = 0; end <= TEXT.length; end++) {
			assertThat(Utf8.missing(TEXT, 0, end)).as("end at " + end).isEqualTo(expected[end]);
		}
	}

	@Test
	void restOfACharacterFromBeforeHasNoBoundaryToKeep() {
		byte[] rest = { (byte) 0x82, (byte) 0xac, 'x' };
		assertThat(Utf8.boundary(rest, 0, 1)).isEqualTo(1);
		assertThat(Utf8.boundary(rest, 0, 2)).isEqualTo(2);
	}

	@Test
	void binaryHasABoundaryNearBy() {
		byte[] continuations = new byte[100];
		Arrays.fill(continuations, (byte) 0x80);
		assertThat(Utf8.boundary(continuations, 0, 50)).isEqualTo(50);
		byte[] invalid = { (byte) 0xff, (byte) 0xfe, (byte) 0xf8 };
		assertThat(Utf8.boundary(invalid, 0, 3)).isEqualTo(3);
		assertThat(Utf8.missing(invalid, 0, 3)).isZero();
	}

}
