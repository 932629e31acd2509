package io.iisnode.autoconfigure;

import java.util.stream.IntStream;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;

import io.iisnode.application.NodeApplicationManager;
import io.iisnode.web.HeadLimits;
import io.iisnode.web.NodeHandlerMapping;
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
		NodeHandlerMapping mapping = new NodeHandlerMapping(new NodeRouterFunction(manager, resolver));
		mapping.setOrder(settings.order());
		return mapping;
	}

	@Bean
	NodeServerCustomizer iisNodeServerCustomizer() {
		return new NodeServerCustomizer();
	}

	/**
	 * Without an order, and so after Spring Boot's own, which sets its defaults.
	 */
	@Bean
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> iisNodeHeadLimits(Environment environment,
			NodeSettingsBinder settings, ObjectProvider<NodeApplicationManager> manager) {
		Binder binder = Binder.get(environment);
		boolean line = !binder.bind("server.netty.max-initial-line-length", String.class).isBound();
		boolean fields = !binder.bind("server.max-http-request-header-size", String.class).isBound();
		return (factory) -> factory.addServerCustomizers(
				(server) -> new HeadLimits(maxHeadSize(settings, manager.getObject()), line, fields).apply(server));
	}

	private static int maxHeadSize(NodeSettingsBinder settings, NodeApplicationManager manager) {
		return IntStream
			.concat(IntStream.of(settings.defaults().exchange().maxHeadSize()),
					manager.declared()
						.stream()
						.mapToInt((application) -> application.definition().settings().exchange().maxHeadSize()))
			.max()
			.getAsInt();
	}

}
