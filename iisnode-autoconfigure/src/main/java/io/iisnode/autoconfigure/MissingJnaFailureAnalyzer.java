package io.iisnode.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a class path without JNA on Windows.
 */
final class MissingJnaFailureAnalyzer extends AbstractFailureAnalyzer<Platform.MissingJnaException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, Platform.MissingJnaException cause) {
		return new FailureAnalysis(
				"On Windows, node processes are reached through named pipes. " + cause.getMessage() + ".",
				"Add the dependency net.java.dev.jna:jna-platform to the application,"
						+ " or use io.iisnode:iisnode-spring-boot-starter, which brings it.",
				cause);
	}

}
