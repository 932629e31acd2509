package io.iisnode.web;

import java.util.Map;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * Trailer fields of a response.
 */
final class Trailers {

	private Trailers() {
	}

	/**
	 * Copies field by field: Reactor Netty refuses those that must not be trailers (RFC
	 * 9110, section 6.5.1) with an exception, which must not cost us the others.
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
