package io.iisnode.web;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.ApplicationSettings;
import io.iisnode.application.NodeApplication;
import io.iisnode.application.RequestRejectedException;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.ScriptNotFoundException;
import io.iisnode.process.StartsSuspendedException;
import io.iisnode.protocol.ExchangeException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * What a client is told about a failure.
 */
class ErrorResponseTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static final String SECRET = "/secret/path & <script>alert(1)</script>";

	@ParameterizedTest
	@EnumSource
	void rejectionIs503AndToBeTriedAgainSoon(RequestRejectedException.Reason reason) {
		ErrorResponse error = ErrorResponse.of(rejection(reason));
		assertThat(error.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(error.retryAfterSeconds()).isPositive();
		assertThat(error.reason()).isNotBlank().doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource({ "BAD_REQUEST, 400", "REQUEST_HEAD_TOO_LARGE, 431", "CANNOT_CONNECT, 503", "BAD_RESPONSE, 502",
			"RESPONSE_TIMEOUT, 504", "REQUEST_TIMEOUT, 408", "NOT_SUPPORTED, 501", "CLIENT_GONE, 400" })
	void failureOfAnExchangeHasItsStatus(ExchangeException.Reason reason, int status) {
		ErrorResponse error = ErrorResponse.of(exchangeFailure(reason));
		assertThat(error.status().value()).isEqualTo(status);
		assertThat(error.retryAfterSeconds() > 0).isEqualTo(status == 503);
		assertThat(error.reason()).isNotBlank().doesNotContain("secret");
	}

	@ParameterizedTest
	@EnumSource
	void noReasonOfAnExchangeIsForgotten(ExchangeException.Reason reason) {
		assertThat(ErrorResponse.of(exchangeFailure(reason)).status().isError()).isTrue();
	}

	@Test
	void missingScriptIs404() {
		ErrorResponse error = ErrorResponse.of(new ScriptNotFoundException("shop", Path.of("/secret")));
		assertThat(error.status()).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(error.retryAfterSeconds()).isZero();
		assertThat(error.reason()).doesNotContain("secret");
	}

	@Test
	void startThatFailsByConfigurationIs500() {
		ErrorResponse error = ErrorResponse.of(startFailure(true));
		assertThat(error.status()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
		assertThat(error.retryAfterSeconds()).isZero();
	}

	@Test
	void startThatFailsIs503AndToBeTriedAgain() {
		ErrorResponse error = ErrorResponse.of(startFailure(false));
		assertThat(error.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(error.retryAfterSeconds()).isPositive();
	}

	@ParameterizedTest
	@CsvSource({ "0, 1", "1, 1", "1000, 1", "1001, 2", "45000, 45" })
	void suspendedStartIs503AndToBeTriedAgainAtTheNextTry(long millis, int seconds) {
		ErrorResponse error = ErrorResponse
			.of(new StartsSuspendedException(SECRET, Duration.ofMillis(millis), startFailure(false), null));
		assertThat(error.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(error.retryAfterSeconds()).isEqualTo(seconds);
		assertThat(error.reason()).isNotBlank().doesNotContain("secret");
	}

	@Test
	void suspendedStartThatFailedByConfigurationIs500() {
		ErrorResponse error = ErrorResponse
			.of(new StartsSuspendedException(SECRET, Duration.ofSeconds(3), startFailure(true), null));
		assertThat(error.status()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
	}

	@Test
	void anythingElseIs500() {
		ErrorResponse error = ErrorResponse.of(new IllegalStateException(SECRET));
		assertThat(error.status()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
		assertThat(error.reason()).doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/problem+json", "application/json;q=0.5, */*",
			"text/html, application/json", "application/problem+json;charset=utf-8", "APPLICATION/JSON" })
	void clientThatAcceptsProblemsGetsOne(String accept) {
		MockServerHttpResponse response = write(startFailure(false), null, accept);
		assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(response.getBodyAsString().block(LIMIT)).contains("\"status\":503",
				"\"title\":\"Service Unavailable\"", "\"detail\":\"The application fails to start.\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*/*", "text/html", "application/*", "text/html,application/xhtml+xml,*/*;q=0.8",
			"application/json;q=0", "text/html, application/json;q=0", "rubbish", "application/", "image/png" })
	void otherClientGetsAPage(String accept) {
		MockServerHttpResponse response = write(startFailure(false), null, accept);
		assertThat(response.getHeaders().getContentType())
			.isEqualTo(MediaType.parseMediaType("text/html;charset=UTF-8"));
		assertThat(response.getBodyAsString().block(LIMIT)).startsWith("<!DOCTYPE html>")
			.contains("<h1>503 Service Unavailable</h1>", "The application fails to start.");
	}

	@Test
	void errorIsNotStoredAndTellsWhenToTryAgain() {
		MockServerHttpResponse response = write(startFailure(false), null, "");
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(response.getHeaders().getCacheControl()).isEqualTo("no-store");
		assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("5");
	}

	@Test
	void errorForWhichTryingAgainIsOfNoUseDoesNotInviteTo() {
		assertThat(write(startFailure(true), null, "").getHeaders().containsHeader(HttpHeaders.RETRY_AFTER)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/json" })
	void detailsAreNotForEveryone(String accept) {
		for (NodeApplication application : new NodeApplication[] { null, application(false) }) {
			assertThat(write(startFailure(false), application, accept).getBodyAsString().block(LIMIT))
				.doesNotContain("secret", "the message", "last words", "node --require");
		}
	}

	@Test
	void developerSeesDetailsOnThePage() {
		assertThat(write(startFailure(false), application(true), "text/html").getBodyAsString().block(LIMIT))
			.contains("the message", "last words", "node --require", "<dd>7</dd>", "iisnode.dev-errors-enabled")
			.doesNotContain("<script>");
	}

	@Test
	void developerSeesTheCauseInTheProblem() {
		assertThat(write(startFailure(false), application(true), "application/json").getBodyAsString().block(LIMIT))
			.contains("The application fails to start. the message");
	}

	@Test
	void causeWithoutAMessageIsNamedByItsClass() {
		assertThat(write(new IllegalStateException(), application(true), "application/json").getBodyAsString()
			.block(LIMIT)).contains("IllegalStateException").doesNotContain("null");
	}

	private static MockServerHttpResponse write(Throwable failure, @Nullable NodeApplication application,
			String accept) {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
		if (!accept.isEmpty()) {
			request.header(HttpHeaders.ACCEPT, accept);
		}
		MockServerWebExchange exchange = MockServerWebExchange.from(request.build());
		ErrorResponse.of(failure).write(exchange, new Context(), application).block(LIMIT);
		return exchange.getResponse();
	}

	private static NodeApplication application(boolean devErrors) {
		NodeApplication application = Mockito.mock(NodeApplication.class);
		ApplicationSettings settings = Mockito.mock(ApplicationSettings.class);
		given(settings.devErrorsEnabled()).willReturn(devErrors);
		given(application.name()).willReturn("shop");
		given(application.definition()).willReturn(
				new ApplicationDefinition("shop", Path.of("/secret/server.js").toAbsolutePath(), List.of(), settings));
		return application;
	}

	private static ProcessStartException startFailure(boolean configuration) {
		return new ProcessStartException("the message " + SECRET, configuration, "node --require " + SECRET, 7,
				"last words " + SECRET, new IOException());
	}

	private static RequestRejectedException rejection(RequestRejectedException.Reason reason) {
		RequestRejectedException rejection = Mockito.mock(RequestRejectedException.class);
		given(rejection.reason()).willReturn(reason);
		given(rejection.getMessage()).willReturn(SECRET);
		return rejection;
	}

	private static ExchangeException exchangeFailure(ExchangeException.Reason reason) {
		ExchangeException failure = Mockito.mock(ExchangeException.class);
		given(failure.reason()).willReturn(reason);
		given(failure.getMessage()).willReturn(SECRET);
		return failure;
	}

	private static final class Context implements ServerResponse.Context {

		private final HandlerStrategies strategies = HandlerStrategies.withDefaults();

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return this.strategies.messageWriters();
		}

		@Override
		public List<ViewResolver> viewResolvers() {
			return this.strategies.viewResolvers();
		}

	}

}
