package io.iisnode.web;

/**
 * Forms of the request target (RFC 9112, section 3.2).
 */
final class RequestTarget {

	private static final String HEX = "0123456789ABCDEF";

	/**
	 * What java.net.URI takes beside letters and digits; percent sign, brackets and hash
	 * depend on where they stand.
	 */
	private static final String PUNCTUATION = "-_.!~*'();/?:@&=+$,";

	private RequestTarget() {
	}

	/**
	 * Makes an absolute-form target an origin-form one, and leaves any other untouched.
	 * @param target the target as the client sent it
	 * @return what node shall see
	 */
	static String originForm(String target) {
		if (target.startsWith("/") || target.equals("*")) {
			return target;
		}
		int scheme = target.indexOf("://");
		if (scheme < 0) {
			return target;
		}
		int end = scheme + 3;
		while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
			end++;
		}
		String rest = target.substring(end);
		return rest.startsWith("/") ? rest : "/" + rest;
	}

	/**
	 * Escapes the printable characters that cannot stand in a URI (RFC 3986), so that
	 * decoding gives the path and query that the original means. Others, which nobody
	 * takes, are left alone.
	 * @param target the target as the client sent it
	 * @return a target that java.net.URI takes; the same if it takes that
	 */
	static String escape(String target) {
		StringBuilder escaped = null;
		boolean query = false;
		boolean fragment = false;
		for (int i = 0; i < target.length(); i++) {
			char c = target.charAt(i);
			boolean legal = switch (c) {
				case '%' -> isHex(target, i + 1) && isHex(target, i + 2);
				case '[', ']' -> query || fragment;
				case '#' -> !fragment;
				default -> isLetterOrDigit(c) || PUNCTUATION.indexOf(c) >= 0 || c <= ' ' || c > '~';
			};
			query = query || c == '?';
			fragment = fragment || c == '#';
			if (!legal && escaped == null) {
				escaped = new StringBuilder(target.length() + 16).append(target, 0, i);
			}
			if (legal && escaped != null) {
				escaped.append(c);
			}
			else if (escaped != null) {
				escaped.append('%').append(HEX.charAt(c >> 4 & 0xF)).append(HEX.charAt(c & 0xF));
			}
		}
		return (escaped != null) ? escaped.toString() : target;
	}

	private static boolean isHex(String text, int index) {
		return index < text.length() && "0123456789ABCDEFabcdef".indexOf(text.charAt(index)) >= 0;
	}

	private static boolean isLetterOrDigit(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
	}

}
