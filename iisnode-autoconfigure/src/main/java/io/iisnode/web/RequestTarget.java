package io.iisnode.web;

import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

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

	private static final char DELETE = 0x7F;

	private RequestTarget() {
	}

	/**
	 * Whether a target has the form that belongs to its method (RFC 9112, section 3.2).
	 * @param method the method
	 * @param target the target as the client sent it
	 */
	static boolean isValid(HttpMethod method, String target) {
		if (target.startsWith("/") || HttpMethod.CONNECT.equals(method)) {
			return true;
		}
		if (target.equals("*")) {
			return HttpMethod.OPTIONS.equals(method);
		}
		String authority = authority(target);
		// A user before the host is a disguise (RFC 9110, section 4.2.4).
		return authority != null && !authority.isEmpty() && RequestRules.isHost(authority);
	}

	/**
	 * Host and port of an absolute-form target.
	 * @param target the target as the client sent it
	 * @return the authority as it stands there; null if the target is not a URL of http
	 */
	static @Nullable String authority(String target) {
		int start = authorityStart(target);
		return (start > 0) ? target.substring(start, authorityEnd(target, start)) : null;
	}

	private static int authorityStart(String target) {
		if (target.regionMatches(true, 0, "http://", 0, 7)) {
			return 7;
		}
		return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
	}

	private static int authorityEnd(String target, int start) {
		int end = start;
		while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
			end++;
		}
		return end;
	}

	/**
	 * Makes an absolute-form target an origin-form one (or <code>*</code>: RFC 9112,
	 * section 3.2.4), and leaves any other untouched. What is not ASCII is escaped,
	 * whoever reads it as UTF-8 or as something else gets the same.
	 * @param method the method
	 * @param target the target as the client sent it
	 * @return what node shall see
	 */
	static String originForm(HttpMethod method, String target) {
		int start = target.startsWith("/") ? -1 : authorityStart(target);
		if (start < 0) {
			return escapeNonAscii(target);
		}
		String rest = target.substring(authorityEnd(target, start));
		if (rest.isEmpty() && HttpMethod.OPTIONS.equals(method)) {
			return "*";
		}
		return escapeNonAscii(rest.startsWith("/") ? rest : "/" + rest);
	}

	private static String escapeNonAscii(String target) {
		for (int i = 0; i < target.length(); i++) {
			if (target.charAt(i) > '~') {
				return escapeFrom(target, i);
			}
		}
		return target;
	}

	private static String escapeFrom(String target, int first) {
		StringBuilder escaped = new StringBuilder(target.length() + 16).append(target, 0, first);
		for (int i = first; i < target.length(); i++) {
			char c = target.charAt(i);
			if (c > '~') {
				appendEscaped(escaped, c);
			}
			else {
				escaped.append(c);
			}
		}
		return escaped.toString();
	}

	private static void appendEscaped(StringBuilder escaped, char c) {
		escaped.append('%').append(HEX.charAt(c >> 4 & 0xF)).append(HEX.charAt(c & 0xF));
	}

	/**
	 * Escapes the characters that cannot stand in a URI (RFC 3986), so that decoding
	 * gives the path and query that the original means.
	 * @param target the target as the client sent it
	 * @return a target that java.net.URI takes, the same if it takes that; null if there
	 * are blanks or control characters, which nobody takes
	 */
	static @Nullable String escape(String target) {
		StringBuilder escaped = null;
		boolean query = false;
		boolean fragment = false;
		for (int i = 0; i < target.length(); i++) {
			char c = target.charAt(i);
			if (c <= ' ' || c == DELETE) {
				return null;
			}
			boolean legal = switch (c) {
				case '%' -> isHex(target, i + 1) && isHex(target, i + 2);
				case '[', ']' -> query || fragment;
				case '#' -> !fragment;
				default -> isLetterOrDigit(c) || PUNCTUATION.indexOf(c) >= 0;
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
				appendEscaped(escaped, c);
			}
		}
		return (escaped != null) ? escaped.toString() : target;
	}

	private static boolean isHex(String text, int index) {
		return index < text.length() && "0123456789ABCDEFabcdef".indexOf(text.charAt(index)) >= 0;
	}

	static boolean isLetterOrDigit(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
	}

}
