package io.iisnode.web;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * Trailer fields.
 */
final class Trailers {

	/**
	 * Fields that frame or route a request, or concern one connection (RFC 9110, section
	 * 6.5.1).
	 */
	private static final Set<String> NEVER_IN_REQUESTS = Set.of("connection", "content-length", "host", "keep-alive",
			"proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

	private Trailers() {
	}

	/**
	 * The trailer fields of a request that an application gets. Some frameworks treat
	 * them as if they were header fields.
	 * @param received the fields as the client sent them
	 * @param withheld tells, of a name in small letters, whether a header field of that
	 * name would be kept from the application
	 */
	static HttpHeaders toNode(HttpHeaders received, Predicate<String> withheld) {
		if (received.isEmpty()) {
			return received;
		}
		HttpHeaders passed = new DefaultHttpHeaders();
		for (Map.Entry<String, String> field : received) {
			String name = field.getKey().toLowerCase(Locale.ROOT);
			if (!NEVER_IN_REQUESTS.contains(name) && !withheld.test(name)) {
				passed.add(field.getKey(), field.getValue());
			}
		}
		return passed;
	}

	/**
	 * Copies those of a response field by field: Reactor Netty refuses those that must
	 * not be trailers (RFC 9110, section 6.5.1) with an exception, which must not cost us
	 * the others.
	 */
	static void copy(HttpHeaders source, HttpHeaders target) {
		for (Map.Entry<String, String> field : source) {
			try {
				target.add(field.getKey(), field.getValue());
			}
			catch (IllegalArgumentException ex) {
				// Not allowed as a trailer: left out.
			}
		}
	}

}
