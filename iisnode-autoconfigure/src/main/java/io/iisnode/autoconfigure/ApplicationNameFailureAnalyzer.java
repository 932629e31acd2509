package io.iisnode.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Analyzes a bean that was defined after a configured application of the same name.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class ApplicationNameFailureAnalyzer extends AbstractFailureAnalyzer<BeanDefinitionOverrideException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanDefinitionOverrideException cause) {
		if (NodeApplicationRegistrar.isApplication(cause.getExistingDefinition())) {
			return analysis(cause, cause.getBeanDefinition());
		}
		return (NodeApplicationRegistrar.isApplication(cause.getBeanDefinition()))
				? analysis(cause, cause.getExistingDefinition()) : null;
	}

	private static FailureAnalysis analysis(BeanDefinitionOverrideException cause, BeanDefinition other) {
		NodeConfigurationException clash = NodeApplicationRegistrar.clash(cause.getBeanName(), other);
		return new FailureAnalysis(String.valueOf(clash.getMessage()), clash.getAction(), cause);
	}

}
