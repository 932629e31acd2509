package io.iisnode.protocol;

import java.util.Set;

import io.netty.handler.codec.http.HttpMethod;

/**
 * Properties of request methods.
 */
final class Methods {

	/**
	 * RFC 9110, section 9.2.2.
	 */
	private static final Set<HttpMethod> IDEMPOTENT = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT,
			HttpMethod.DELETE, HttpMethod.OPTIONS, HttpMethod.TRACE);

	private Methods() {
	}

	static boolean isHead(HttpMethod method) {
		return HttpMethod.HEAD.equals(method);
	}

	static boolean isIdempotent(HttpMethod method) {
		return IDEMPOTENT.contains(method);
	}

}
