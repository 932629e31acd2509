package io.iisnode.web;

import lombok.extern.slf4j.Slf4j;

import io.iisnode.application.NodeApplication;
import io.iisnode.process.ProcessStartException;
import io.iisnode.protocol.ClientRequest;
import io.iisnode.protocol.ExchangeException;
import io.iisnode.protocol.NodeExchange;

/**
 * Logs every failed exchange once. What the process manager has said already is not
 * repeated for each request that suffers from it, and clients that go away are nobody's
 * failure.
 */
@Slf4j
final class FailureLog {

	private FailureLog() {
	}

	static void log(NodeApplication application, NodeExchange exchange, ClientRequest request, Throwable failure,
			ErrorResponse error, boolean committed) {
		String outcome = committed ? "connection cut" : "answered " + error.status().value();
		if (isClientGone(failure) || failure instanceof ProcessStartException) {
			log.debug("Request {} to application '{}': {} ({})", request.id(), application.name(), failure.getMessage(),
					outcome);
		}
		else if (failure instanceof ExchangeException
				|| failure instanceof RuntimeException && !isUnexpected(failure)) {
			log.warn("Request {} to application '{}' failed: {} ({}, {})", request.id(), application.name(),
					failure.getMessage(), outcome, (exchange.lease() != null) ? exchange.lease() : "no process");
		}
		else {
			log.error("Request {} to application '{}' failed ({}, {})", request.id(), application.name(), outcome,
					(exchange.lease() != null) ? exchange.lease() : "no process", failure);
		}
	}

	private static boolean isClientGone(Throwable failure) {
		return failure instanceof ExchangeException exchange
				&& exchange.reason() == ExchangeException.Reason.CLIENT_GONE;
	}

	private static boolean isUnexpected(Throwable failure) {
		return !failure.getClass().getName().startsWith("io.iisnode.");
	}

}
