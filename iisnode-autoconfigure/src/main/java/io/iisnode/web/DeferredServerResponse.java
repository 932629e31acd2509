package io.iisnode.web;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * A response of which nothing is known before it is being written. Status, header fields
 * and cookies are placeholders.
 */
abstract class DeferredServerResponse implements ServerResponse {

	@Override
	public HttpStatusCode statusCode() {
		return HttpStatus.OK;
	}

	@Override
	public final HttpHeaders headers() {
		return HttpHeaders.EMPTY;
	}

	@Override
	public final MultiValueMap<String, ResponseCookie> cookies() {
		return new LinkedMultiValueMap<>();
	}

}
