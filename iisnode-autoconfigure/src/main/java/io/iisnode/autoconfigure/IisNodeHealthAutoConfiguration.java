package io.iisnode.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

import io.iisnode.application.NodeApplicationManager;
import io.iisnode.health.NodeApplicationsHealthContributor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of Node applications,
 * as <code>iisnode</code>.
 */
@AutoConfiguration(after = IisNodeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnEnabledHealthIndicator("iisnode")
public final class IisNodeHealthAutoConfiguration {

	@Bean
	@ConditionalOnBean(NodeApplicationManager.class)
	@ConditionalOnMissingBean(name = { "iisnodeHealthContributor", "iisnodeHealthIndicator" })
	NodeApplicationsHealthContributor iisnodeHealthContributor(NodeApplicationManager manager) {
		return new NodeApplicationsHealthContributor(manager);
	}

}
