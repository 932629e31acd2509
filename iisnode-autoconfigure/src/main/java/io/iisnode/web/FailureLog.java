package io.iisnode.web;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import lombok.extern.slf4j.Slf4j;

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

	private final NodeApplication application;

	private final AtomicLong nextRejection = new AtomicLong(System.nanoTime());

	private final AtomicLong unloggedRejections = new AtomicLong();

	FailureLog(NodeApplication application) {
		this.application = application;
	}

	void log(NodeExchange exchange, ReactorNettyClient client, Throwable failure, ErrorResponse error, boolean cut) {
		if (failure instanceof RequestRejectedException) {
			logRejection(failure);
			return;
		}
		String outcome = cut ? "connection cut" : "answered " + error.status().value();
		Object process = (exchange.lease() != null) ? exchange.lease() : "no process";
		if (!client.isConnected() || failure instanceof ProcessStartException) {
			log.debug("Request {} to application '{}' failed: {} ({}, {})", client.id(), this.application.name(),
					failure.getMessage(), outcome, process);
		}
		else if (failure instanceof ExchangeException) {
			log.warn("Request {} to application '{}' failed: {} ({}, {})", client.id(), this.application.name(),
					failure.getMessage(), outcome, process);
		}
		else {
			log.error("Request {} to application '{}' failed ({}, {})", client.id(), this.application.name(), outcome,
					process, failure);
		}
	}

	private void logRejection(Throwable failure) {
		long now = System.nanoTime();
		long next = this.nextRejection.get();
		if (now - next >= 0 && this.nextRejection.compareAndSet(next, now + REJECTION_INTERVAL_NANOS)) {
			log.warn("Request answered 503: {} ({} more since the last such line)", failure.getMessage(),
					this.unloggedRejections.getAndSet(0));
		}
		else {
			this.unloggedRejections.incrementAndGet();
		}
	}

}
