package io.iisnode.web;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import io.iisnode.application.RequestRejectedException;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.ScriptNotFoundException;
import io.iisnode.protocol.ExchangeException;
import io.iisnode.protocol.NodeExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * What is logged about failures, and how often.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureLogTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	private final FailureLog log = new FailureLog("shop", this.now::get);

	private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/path"));

	private final ReactorNettyRequest request = Mockito.mock(ReactorNettyRequest.class);

	private final NodeExchange nodeExchange = Mockito.mock(NodeExchange.class);

	@Test
	void rejectionsAreLoggedOncePerSecondAndCounted(CapturedOutput output) {
		for (int i = 0; i < 100; i++) {
			failed(rejection());
		}
		assertThat(output).containsOnlyOnce("answered 503").contains("queue is full (0 more since the last such line)");
		this.now.addAndGet(Duration.ofMillis(999).toNanos());
		failed(rejection());
		assertThat(output).containsOnlyOnce("answered 503");
		this.now.addAndGet(Duration.ofMillis(1).toNanos());
		failed(rejection());
		failed(rejection());
		assertThat(output).contains("(100 more since the last such line)");
		this.now.addAndGet(Duration.ofSeconds(60).toNanos());
		failed(rejection());
		assertThat(output).contains("(1 more since the last such line)");
	}

	@Test
	void rejectionsWithoutApplicationAreThrottledToo(CapturedOutput output) {
		for (int i = 0; i < 100; i++) {
			this.log.log(this.exchange, ErrorResponse.of(rejection()));
		}
		assertThat(output).containsOnlyOnce("answered 503").contains(this.exchange.getRequest().getId());
	}

	@Test
	void failedExchangeIsAWarningWithAllThatIsKnown(CapturedOutput output) {
		failed(exchangeFailure());
		assertThat(output).contains("WARN").contains("Request id-1 to application 'shop' failed: broken (answered 502");
	}

	@Test
	void cutConnectionIsToldAsSuch(CapturedOutput output) {
		given(this.request.id()).willReturn("id-1");
		given(this.request.isConnected()).willReturn(true);
		ExchangeException failure = exchangeFailure();
		this.log.log(this.nodeExchange, this.request, failure, ErrorResponse.of(failure), true);
		assertThat(output).contains("broken (connection cut");
	}

	@Test
	void clientThatWentAwayIsNobodysFailure(CapturedOutput output) {
		given(this.request.isConnected()).willReturn(false);
		ExchangeException failure = exchangeFailure();
		this.log.log(this.nodeExchange, this.request, failure, ErrorResponse.of(failure), false);
		assertThat(output).doesNotContain("WARN", "ERROR");
	}

	@Test
	void startThatFailedIsNotRepeatedForEachRequest(CapturedOutput output) {
		failed(new ProcessStartException("no start", false, null, null, "", null));
		this.log.log(this.exchange, ErrorResponse.of(new ScriptNotFoundException("shop", Path.of("server.js"))));
		assertThat(output).doesNotContain("WARN", "ERROR");
	}

	@Test
	void whatNobodyExpectedIsAnErrorWithItsStackTrace(CapturedOutput output) {
		failed(new IllegalStateException("surprise"));
		this.log.log(this.exchange, ErrorResponse.of(new IllegalStateException("another")));
		assertThat(output).contains("ERROR")
			.contains("IllegalStateException: surprise", "IllegalStateException: another",
					"\tat io.iisnode.web.FailureLogTests");
	}

	private void failed(Throwable failure) {
		given(this.request.id()).willReturn("id-1");
		given(this.request.isConnected()).willReturn(true);
		this.log.log(this.nodeExchange, this.request, failure, ErrorResponse.of(failure), false);
	}

	private static RequestRejectedException rejection() {
		RequestRejectedException rejection = Mockito.mock(RequestRejectedException.class);
		given(rejection.reason()).willReturn(RequestRejectedException.Reason.QUEUE_FULL);
		given(rejection.getMessage()).willReturn("queue is full");
		return rejection;
	}

	private static ExchangeException exchangeFailure() {
		ExchangeException failure = Mockito.mock(ExchangeException.class);
		given(failure.reason()).willReturn(ExchangeException.Reason.BAD_RESPONSE);
		given(failure.getMessage()).willReturn("broken");
		return failure;
	}

}
