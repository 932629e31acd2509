package io.iisnode.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplication;

/**
 * The response to a request that was given to no application.
 */
final class FailedServerResponse extends DeferredServerResponse {

	private final ErrorResponse error;

	private final @Nullable NodeApplication application;

	private final FailureLog failureLog;

	FailedServerResponse(ErrorResponse error, @Nullable NodeApplication application, FailureLog failureLog) {
		this.error = error;
		this.application = application;
		this.failureLog = failureLog;
	}

	@Override
	public HttpStatusCode statusCode() {
		return this.error.status();
	}

	@Override
	public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
		this.failureLog.log(exchange, this.error);
		return this.error.write(exchange, context, this.application);
	}

}
