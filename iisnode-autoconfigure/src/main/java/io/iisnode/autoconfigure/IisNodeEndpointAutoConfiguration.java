package io.iisnode.autoconfigure;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.iisnode.actuate.IisNodeEndpoint;
import io.iisnode.actuate.IisNodeEndpointWebExtension;
import io.iisnode.application.NodeApplicationManager;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link IisNodeEndpoint}.
 */
@AutoConfiguration(after = IisNodeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(IisNodeEndpoint.class)
public final class IisNodeEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(NodeApplicationManager.class)
	@ConditionalOnMissingBean
	IisNodeEndpoint iisNodeEndpoint(NodeApplicationManager manager) {
		return new IisNodeEndpoint(manager);
	}

	@Bean
	@ConditionalOnBean(IisNodeEndpoint.class)
	@ConditionalOnMissingBean
	IisNodeEndpointWebExtension iisNodeEndpointWebExtension(IisNodeEndpoint endpoint) {
		return new IisNodeEndpointWebExtension(endpoint);
	}

}
