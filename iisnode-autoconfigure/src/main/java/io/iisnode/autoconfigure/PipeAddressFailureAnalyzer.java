package io.iisnode.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.iisnode.transport.PipeAddressException;

/**
 * Analyzes a folder in which no pipes can be made.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class PipeAddressFailureAnalyzer extends AbstractFailureAnalyzer<PipeAddressException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PipeAddressException cause) {
		return new FailureAnalysis("Pipes to node processes cannot be made. " + cause.getMessage(),
				"Set iisnode.pipe-directory to a folder that exists or can be created, that this process may write to,"
						+ " and whose path is short.",
				cause);
	}

}
