package io.iisnode.web;

import java.nio.charset.StandardCharsets;

/**
 * Text of any kind as the value of a header field.
 */
final class HeaderText {

	private static final String HEX = "0123456789ABCDEF";

	private HeaderText() {
	}

	/**
	 * Encodes text so that <code>decodeURIComponent</code> gives it back: bytes of UTF-8
	 * that are no visible ASCII characters, and the percent sign, become
	 * <code>%XX</code>. Blanks between other characters stay.
	 * @param text the text
	 * @return what can stand in a header field
	 */
	static String encode(String text) {
		return encode(text, false);
	}

	/**
	 * Encodes text in which there are escapes already: its percent signs stay.
	 * @param text the text
	 * @return what can stand in a header field
	 */
	static String encodeRest(String text) {
		return encode(text, true);
	}

	private static String encode(String text, boolean percent) {
		for (int i = 0; i < text.length(); i++) {
			if (!isPlain(text.charAt(i), i == 0 || i == text.length() - 1, percent)) {
				return encodeBytes(text.getBytes(StandardCharsets.UTF_8), percent);
			}
		}
		return text;
	}

	private static String encodeBytes(byte[] bytes, boolean percent) {
		StringBuilder encoded = new StringBuilder(bytes.length * 3);
		for (int i = 0; i < bytes.length; i++) {
			char c = (char) (bytes[i] & 0xFF);
			if (isPlain(c, i == 0 || i == bytes.length - 1, percent)) {
				encoded.append(c);
			}
			else {
				appendEscaped(encoded, c);
			}
		}
		return encoded.toString();
	}

	static void appendEscaped(StringBuilder escaped, char c) {
		escaped.append('%').append(HEX.charAt(c >> 4 & 0xF)).append(HEX.charAt(c & 0xF));
	}

	private static boolean isPlain(char c, boolean outer, boolean percent) {
		return (c > ' ' && c <= '~' && (percent || c != '%')) || (c == ' ' && !outer);
	}

}
