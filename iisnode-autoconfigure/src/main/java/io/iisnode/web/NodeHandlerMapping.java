package io.iisnode.web;

import java.util.List;

import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Maps requests to Node applications. What a browser asks before it makes a cross-origin
 * request is the application's to answer, as all its requests are. Spring would answer it
 * by its rules for handlers, and runs no handler for it, so it is answered here.
 */
public final class NodeHandlerMapping extends RouterFunctionMapping {

	private static final ServerResponse.Context CONTEXT = new PreFlightContext(HandlerStrategies.withDefaults());

	/**
	 * Creates the mapping.
	 * @param function knows which application a request belongs to
	 */
	public NodeHandlerMapping(NodeRouterFunction function) {
		super(function);
	}

	@Override
	public Mono<Object> getHandler(ServerWebExchange exchange) {
		Mono<Object> handler = getHandlerInternal(exchange).cast(Object.class);
		return CorsUtils.isPreFlightRequest(exchange.getRequest())
				? handler.flatMap((found) -> answer(exchange, found).thenReturn(found)) : handler;
	}

	private static Mono<Void> answer(ServerWebExchange exchange, Object handler) {
		ServerRequest request = exchange.getAttribute(RouterFunctions.REQUEST_ATTRIBUTE);
		if (request == null || !(handler instanceof NodeHandlerFunction function)) {
			return Mono.empty();
		}
		return function.handle(request).flatMap((response) -> response.writeTo(exchange, CONTEXT));
	}

	/**
	 * Writers for our error pages.
	 */
	private record PreFlightContext(HandlerStrategies strategies) implements ServerResponse.Context {

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return this.strategies.messageWriters();
		}

		@Override
		public List<ViewResolver> viewResolvers() {
			return this.strategies.viewResolvers();
		}

	}

}
