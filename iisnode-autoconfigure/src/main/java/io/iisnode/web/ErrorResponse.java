package io.iisnode.web;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.RequestRejectedException;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.ScriptNotFoundException;
import io.iisnode.process.StartsSuspendedException;
import io.iisnode.protocol.ExchangeException;

/**
 * What a client is told about a failure: a status and a sentence. Details are for
 * developers, and only if <code>dev-errors-enabled</code> is on.
 *
 * @param status the status
 * @param reason a sentence without details of the installation
 * @param retryAfterSeconds when trying again may help; 0: unknown
 * @param cause the failure
 */
record ErrorResponse(HttpStatus status, String reason, int retryAfterSeconds, Throwable cause) {

	private static final int RETRY_SOON = 1;

	private static final int RETRY_AFTER_START_FAILURE = 5;

	static ErrorResponse of(Throwable failure) {
		if (failure instanceof RequestRejectedException rejected) {
			return new ErrorResponse(HttpStatus.SERVICE_UNAVAILABLE, reasonOf(rejected), RETRY_SOON, failure);
		}
		if (failure instanceof ScriptNotFoundException) {
			return new ErrorResponse(HttpStatus.NOT_FOUND, "There is no such application.", 0, failure);
		}
		if (failure instanceof StartsSuspendedException suspended && !suspended.isConfiguration()) {
			long seconds = suspended.retryAfter().plusMillis(999).toSeconds();
			return new ErrorResponse(HttpStatus.SERVICE_UNAVAILABLE,
					"The application has failed several times; it is tried again soon.",
					(int) Math.max(RETRY_SOON, seconds), failure);
		}
		if (failure instanceof ProcessStartException start) {
			return start.isConfiguration()
					? new ErrorResponse(HttpStatus.INTERNAL_SERVER_ERROR,
							"The application cannot be started because of its configuration.", 0, failure)
					: new ErrorResponse(HttpStatus.SERVICE_UNAVAILABLE, "The application fails to start.",
							RETRY_AFTER_START_FAILURE, failure);
		}
		if (failure instanceof ExchangeException exchange) {
			return ofExchange(exchange);
		}
		if (failure instanceof FileNotServedException) {
			return new ErrorResponse(HttpStatus.NOT_FOUND, "There is no such file.", 0, failure);
		}
		if (failure instanceof BodyTooLargeException) {
			return new ErrorResponse(HttpStatus.CONTENT_TOO_LARGE, "The request is too large.", 0, failure);
		}
		return new ErrorResponse(HttpStatus.INTERNAL_SERVER_ERROR, "The request could not be processed.", 0, failure);
	}

	/**
	 * The response to a request that nobody may act upon.
	 */
	static ErrorResponse malformed(String fault) {
		return new ErrorResponse(HttpStatus.BAD_REQUEST, "The request is malformed.", 0,
				new MalformedRequestException(fault));
	}

	private static String reasonOf(RequestRejectedException rejected) {
		return switch (rejected.reason()) {
			case QUEUE_FULL -> "Too many requests are waiting already.";
			case STARTING -> "The application is starting, and too many requests are waiting already.";
			case WAITED_TOO_LONG -> "No process became free in time.";
			case STOPPED -> "The application is stopping.";
			case TOO_MANY_APPLICATIONS -> "Too many applications are active.";
		};
	}

	private static ErrorResponse ofExchange(ExchangeException failure) {
		return switch (failure.reason()) {
			case BAD_REQUEST -> of(HttpStatus.BAD_REQUEST, "The request is malformed.", failure);
			case REQUEST_HEAD_TOO_LARGE ->
				of(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header of the request is too large.", failure);
			case CANNOT_CONNECT -> new ErrorResponse(HttpStatus.SERVICE_UNAVAILABLE,
					"The application accepts no connection.", RETRY_SOON, failure);
			case BAD_RESPONSE -> of(HttpStatus.BAD_GATEWAY, "The application sent no valid response.", failure);
			case RESPONSE_TIMEOUT ->
				of(HttpStatus.GATEWAY_TIMEOUT, "The application sent no response in time.", failure);
			case REQUEST_TIMEOUT -> of(HttpStatus.REQUEST_TIMEOUT, "The request did not arrive in time.", failure);
			case NOT_SUPPORTED -> of(HttpStatus.NOT_IMPLEMENTED, "This is not supported.", failure);
			// Nobody will read it.
			case CLIENT_GONE -> of(HttpStatus.BAD_REQUEST, "The client went away.", failure);
		};
	}

	private static ErrorResponse of(HttpStatus status, String reason, ExchangeException failure) {
		return new ErrorResponse(status, reason, 0, failure);
	}

	/**
	 * Writes the response.
	 * @param exchange the client's request and response
	 * @param context writers for bodies
	 * @param application who failed, null if none was reached
	 * @return completes when it has been written
	 */
	Mono<Void> write(ServerWebExchange exchange, ServerResponse.Context context,
			@Nullable NodeApplication application) {
		boolean details = application != null && application.definition().settings().devErrorsEnabled();
		int asked = (application != null && details) ? application.definition().settings().devErrorsStatus() : 0;
		ServerResponse.BodyBuilder response = ServerResponse.status((asked != 0) ? asked : this.status.value())
			.cacheControl(CacheControl.noStore());
		if (isEndOfRequestUnknown()) {
			response.header(HttpHeaders.CONNECTION, "close");
		}
		if (this.retryAfterSeconds > 0) {
			response.header(HttpHeaders.RETRY_AFTER, Integer.toString(this.retryAfterSeconds));
		}
		Mono<ServerResponse> built = acceptsProblem(exchange.getRequest().getHeaders())
				? response.contentType(MediaType.APPLICATION_PROBLEM_JSON).bodyValue(problem(details))
				: response.contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
					.bodyValue(ErrorPage.render(this, application, details));
		return built.flatMap((whole) -> whole.writeTo(exchange, context));
	}

	/**
	 * Where a malformed request ends is uncertain (RFC 9112, section 6.3); the end of one
	 * that is too large, or too late, is not waited for.
	 */
	private boolean isEndOfRequestUnknown() {
		return this.cause instanceof MalformedRequestException || this.cause instanceof BodyTooLargeException
				|| this.status == HttpStatus.REQUEST_TIMEOUT;
	}

	private static boolean acceptsProblem(HttpHeaders headers) {
		try {
			return headers.getAccept()
				.stream()
				.anyMatch((type) -> type.isConcrete() && type.getQualityValue() > 0
						&& (type.isCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
								|| type.isCompatibleWith(MediaType.APPLICATION_JSON)));
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	private ProblemDetail problem(boolean details) {
		return ProblemDetail.forStatusAndDetail(this.status,
				details ? this.reason + " " + describe(this.cause) : this.reason);
	}

	static String describe(Throwable cause) {
		return (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
	}

}
