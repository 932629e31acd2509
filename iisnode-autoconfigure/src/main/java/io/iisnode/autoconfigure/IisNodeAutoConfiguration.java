package io.iisnode.autoconfigure;

import io.netty.channel.Channel;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that hosts Node applications in a
 * WebFlux application. It comes before that of WebFlux, so that at the same order Node
 * routes win over the welcome page.
 */
@AutoConfiguration(before = WebFluxAutoConfiguration.class)
@ConditionalOnClass({ RouterFunctionMapping.class, Channel.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "iisnode.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IisNodeProperties.class)
@Import({ NodeHostConfiguration.class, NodeWebConfiguration.class, NodeApplicationRegistrar.class })
public final class IisNodeAutoConfiguration {

}
