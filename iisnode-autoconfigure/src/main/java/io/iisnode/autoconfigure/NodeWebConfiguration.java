package io.iisnode.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;

import io.iisnode.application.NodeApplicationManager;
import io.iisnode.web.NodeRouterFunction;
import io.iisnode.web.NodeServerCustomizer;
import io.iisnode.web.ScriptPathResolver;

/**
 * Wires the front: requests that belong to a Node application go to its handler. The
 * router function is no bean, because it would have the order of the host's own ones.
 */
@Configuration(proxyBeanMethods = false)
class NodeWebConfiguration {

	/** Name of the bean that maps requests to Node applications. */
	static final String MAPPING_BEAN_NAME = "iisNodeHandlerMapping";

	@Bean(MAPPING_BEAN_NAME)
	@ConditionalOnMissingBean(name = MAPPING_BEAN_NAME)
	RouterFunctionMapping iisNodeHandlerMapping(NodeApplicationManager manager, NodeHostSettings settings) {
		ScriptPathResolver resolver = new ScriptPathResolver(settings.root(), settings.handlers(),
				settings.hiddenSegments());
		RouterFunctionMapping mapping = new RouterFunctionMapping(new NodeRouterFunction(manager, resolver));
		mapping.setOrder(settings.order());
		return mapping;
	}

	@Bean
	NodeServerCustomizer iisNodeServerCustomizer() {
		return new NodeServerCustomizer();
	}

}
