package io.iisnode.log;

/**
 * Where UTF-8 text may be cut without cutting a character. Malformed bytes count as
 * characters of their own, so that every sequence of bytes has an answer.
 */
final class Utf8 {

	private static final int MAX_CONTINUATIONS = 3;

	private Utf8() {
	}

	/**
	 * Last place, not after {@code index}, where a cut leaves all characters whole.
	 * @param bytes the text
	 * @param from first byte to look at; a character begins there
	 * @param index the place wanted; bytes from there on are not looked at
	 * @return {@code index}, or up to three bytes before it
	 */
	static int boundary(byte[] bytes, int from, int index) {
		for (int i = index - 1; i >= from && i >= index - MAX_CONTINUATIONS; i--) {
			if (!isContinuation(bytes[i])) {
				return (i + length(bytes[i]) > index) ? i : index;
			}
		}
		return index;
	}

	/**
	 * Number of bytes that the last character of the text still lacks.
	 * @param bytes the text
	 * @param from where it begins
	 * @param to where it ends
	 * @return 0 to 3
	 */
	static int missing(byte[] bytes, int from, int to) {
		int last = boundary(bytes, from, to);
		return (last < to) ? last + length(bytes[last]) - to : 0;
	}

	static boolean isContinuation(byte value) {
		return (value & 0xC0) == 0x80;
	}

	private static int length(byte first) {
		if ((first & 0xE0) == 0xC0) {
			return 2;
		}
		if ((first & 0xF0) == 0xE0) {
			return 3;
		}
		return ((first & 0xF8) == 0xF0) ? 4 : 1;
	}

}
