package io.iisnode.web;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import lombok.extern.slf4j.Slf4j;
import org.springframework.web.server.ServerWebExchange;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.RequestRejectedException;
import io.iisnode.process.ProcessStartException;
import io.iisnode.protocol.ExchangeException;
import io.iisnode.protocol.NodeExchange;

/**
 * Logs every failed exchange of an application once. What the process manager has said
 * already is not repeated for each request that suffers from it, clients that go away are
 * nobody's failure, and an overload must not become one of the log.
 */
@Slf4j
final class FailureLog {

	private static final long REJECTION_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

	private final String application;

	private final LongSupplier nanoTime;

	private final AtomicLong nextRejection;

	private final AtomicLong unloggedRejections = new AtomicLong();

	FailureLog(NodeApplication application) {
		this(application.name(), System::nanoTime);
	}

	/**
	 * Creates a log for requests that are given to no application.
	 */
	FailureLog() {
		this("none", System::nanoTime);
	}

	FailureLog(String application, LongSupplier nanoTime) {
		this.application = application;
		this.nanoTime = nanoTime;
		this.nextRejection = new AtomicLong(nanoTime.getAsLong());
	}

	void log(NodeExchange exchange, ReactorNettyRequest request, Throwable failure, ErrorResponse error, boolean cut) {
		if (failure instanceof RequestRejectedException) {
			logRejection(request.id(), failure);
			return;
		}
		String outcome = cut ? "connection cut" : "answered " + error.status().value();
		Object process = (exchange.lease() != null) ? exchange.lease() : "no process";
		if (isClientGone(request, failure) || failure instanceof ProcessStartException) {
			log.debug("Request {} to application '{}' failed: {} ({}, {})", request.id(), this.application,
					failure.getMessage(), outcome, process);
		}
		else if (failure instanceof ExchangeException || failure instanceof BodyTooLargeException
				|| failure instanceof FileNotServedException) {
			log.warn("Request {} to application '{}' failed: {} ({}, {})", request.id(), this.application,
					failure.getMessage(), outcome, process);
		}
		else {
			log.error("Request {} to application '{}' failed ({}, {})", request.id(), this.application, outcome,
					process, failure);
		}
	}

	private static boolean isClientGone(ReactorNettyRequest request, Throwable failure) {
		return !request.isConnected() || (failure instanceof ExchangeException exchange
				&& exchange.reason() == ExchangeException.Reason.CLIENT_GONE);
	}

	/**
	 * Logs a request that was given to no application.
	 */
	void log(ServerWebExchange exchange, ErrorResponse error) {
		String id = exchange.getRequest().getId();
		Throwable failure = error.cause();
		if (failure instanceof RequestRejectedException) {
			logRejection(id, failure);
		}
		else if (failure instanceof MalformedRequestException || failure instanceof BodyTooLargeException) {
			// Whoever sends such could fill the log.
			log.debug("Request {} answered {}: {}", id, error.status().value(), failure.getMessage());
		}
		else if (failure instanceof ProcessStartException) {
			// A missing script is told of when the host starts.
			log.debug("Request {} answered {}: {}", id, error.status().value(), failure.getMessage());
		}
		else {
			log.error("Request {} for {} answered {}", id, exchange.getRequest().getPath().value(),
					error.status().value(), failure);
		}
	}

	private void logRejection(String id, Throwable failure) {
		long now = this.nanoTime.getAsLong();
		long next = this.nextRejection.get();
		if (now - next >= 0 && this.nextRejection.compareAndSet(next, now + REJECTION_INTERVAL_NANOS)) {
			log.warn("Request {} answered 503: {} ({} more since the last such line)", id, failure.getMessage(),
					this.unloggedRejections.getAndSet(0));
		}
		else {
			this.unloggedRejections.incrementAndGet();
		}
	}

}
