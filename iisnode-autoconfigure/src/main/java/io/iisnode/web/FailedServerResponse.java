package io.iisnode.web;

import lombok.extern.slf4j.Slf4j;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * The response to a request that reached no application.
 */
@Slf4j
final class FailedServerResponse implements ServerResponse {

	private final ErrorResponse error;

	FailedServerResponse(ErrorResponse error) {
		this.error = error;
	}

	@Override
	public HttpStatusCode statusCode() {
		return this.error.status();
	}

	@Override
	public HttpHeaders headers() {
		return HttpHeaders.EMPTY;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> cookies() {
		return new LinkedMultiValueMap<>();
	}

	@Override
	public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
		log.warn("Request {} for {} answered {}: {}", exchange.getRequest().getId(),
				exchange.getRequest().getPath().value(), this.error.status().value(), this.error.cause().getMessage());
		return this.error.write(exchange, context, null);
	}

}
