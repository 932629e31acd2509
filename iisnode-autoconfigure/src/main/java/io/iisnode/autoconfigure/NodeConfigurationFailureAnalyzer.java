package io.iisnode.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Analyzes invalid settings, names and routes. It comes before the analyzers of Spring
 * Boot, which would explain the cause only.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class NodeConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<NodeConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NodeConfigurationException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.getAction(), cause);
	}

}
