package io.iisnode.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.server.PathContainer;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;

/**
 * Decides whether a request belongs to a Node application: by the configured routes, the
 * most specific first, then by the script that its path names. What it does not know is
 * left to others. Looks at files on threads for that, and not for what is known already.
 */
public final class NodeRouterFunction implements RouterFunction<ServerResponse> {

	private final NodeApplicationManager manager;

	private final ScriptPathResolver resolver;

	private final List<Route> routes;

	private final Map<String, HandlerFunction<ServerResponse>> foundByPath = new ConcurrentHashMap<>();

	/**
	 * Creates the function.
	 * @param manager knows the applications
	 * @param resolver finds scripts by path
	 */
	public NodeRouterFunction(NodeApplicationManager manager, ScriptPathResolver resolver) {
		this.manager = manager;
		this.resolver = resolver;
		this.routes = routes(manager);
	}

	private static List<Route> routes(NodeApplicationManager manager) {
		List<Route> routes = new ArrayList<>();
		for (NodeApplication application : manager.declared()) {
			for (String path : application.definition().paths()) {
				routes.add(new Route(PathPatternParser.defaultInstance.parse(path), application));
			}
		}
		routes.sort(Comparator.comparing(Route::pattern, PathPattern.SPECIFICITY_COMPARATOR));
		return List.copyOf(routes);
	}

	@Override
	public Mono<HandlerFunction<ServerResponse>> route(ServerRequest request) {
		PathContainer path = request.requestPath().pathWithinApplication();
		Route route = routeOf(path);
		if (route != null && route.hasScript()) {
			return route.handler();
		}
		List<PathContainer> candidates = this.resolver.candidates(path);
		for (PathContainer candidate : candidates) {
			HandlerFunction<ServerResponse> known = this.foundByPath.get(candidate.value());
			if (known != null && route == null) {
				return Mono.just(known);
			}
		}
		if (route == null && candidates.isEmpty()) {
			return Mono.empty();
		}
		return Mono.<HandlerFunction<ServerResponse>>fromSupplier(() -> find(route, candidates))
			.subscribeOn(Schedulers.boundedElastic());
	}

	private @Nullable Route routeOf(PathContainer path) {
		for (Route route : this.routes) {
			if (route.pattern().matches(path)) {
				return route;
			}
		}
		return null;
	}

	/**
	 * Looks at files. A route whose script is missing does not hide scripts found by
	 * path.
	 */
	private @Nullable HandlerFunction<ServerResponse> find(@Nullable Route route, List<PathContainer> candidates) {
		if (route != null && route.lookForScript()) {
			return route.function();
		}
		for (PathContainer candidate : candidates) {
			ScriptPathResolver.Resolution resolution = this.resolver.resolve(candidate);
			if (resolution == ScriptPathResolver.Resolution.FORBIDDEN) {
				return (request) -> Mono.just(new FailedServerResponse(ErrorResponse.notFound()));
			}
			if (resolution.script() != null) {
				return activate(candidate, resolution.script());
			}
		}
		return (route != null) ? route.function() : null;
	}

	private HandlerFunction<ServerResponse> activate(PathContainer candidate, Path script) {
		try {
			NodeHandlerFunction function = new NodeHandlerFunction(this.manager.activate(script));
			this.foundByPath.put(candidate.value(), function);
			return function;
		}
		catch (RuntimeException ex) {
			return (request) -> Mono.just(new FailedServerResponse(ErrorResponse.of(ex)));
		}
	}

	@Override
	public String toString() {
		return this.routes.toString();
	}

	/**
	 * A URL pattern and the application that it leads to.
	 */
	private static final class Route {

		private final PathPattern pattern;

		private final NodeApplication application;

		private final NodeHandlerFunction function;

		private final Mono<HandlerFunction<ServerResponse>> handler;

		private volatile boolean scriptSeen;

		Route(PathPattern pattern, NodeApplication application) {
			this.pattern = pattern;
			this.application = application;
			this.function = new NodeHandlerFunction(application);
			this.handler = Mono.just(this.function);
		}

		PathPattern pattern() {
			return this.pattern;
		}

		NodeHandlerFunction function() {
			return this.function;
		}

		Mono<HandlerFunction<ServerResponse>> handler() {
			return this.handler;
		}

		boolean hasScript() {
			return this.scriptSeen;
		}

		boolean lookForScript() {
			this.scriptSeen = Files.isRegularFile(this.application.definition().script());
			return this.scriptSeen;
		}

		@Override
		public String toString() {
			return this.pattern + " -> " + this.function;
		}

	}

}
