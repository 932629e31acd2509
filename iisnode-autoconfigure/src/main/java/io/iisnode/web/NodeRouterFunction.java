package io.iisnode.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.process.ScriptNotFoundException;

/**
 * Decides whether a request belongs to a Node application: by the configured routes, the
 * most specific first, then by the script that its path names. What it does not know is
 * left to others, unless it is a file that nobody may see. Looks at files on threads for
 * that, and not for what is known already.
 */
@Slf4j
public final class NodeRouterFunction implements RouterFunction<ServerResponse> {

	/**
	 * A script is reached by as many paths as there are spellings of its name, so what
	 * clients can fill has to be bounded.
	 */
	private static final int MAX_KNOWN_PATHS = 1024;

	private final NodeApplicationManager manager;

	private final ScriptPathResolver resolver;

	private final SourceGuard guard;

	private final List<Route> routes;

	private final FailureLog failureLog = new FailureLog();

	private final Map<NodeApplication, NodeHandlerFunction> functions = new ConcurrentHashMap<>();

	private final Map<String, Known> knownPaths = new ConcurrentHashMap<>();

	/**
	 * Creates the function.
	 * @param manager knows the applications
	 * @param resolver finds scripts by path
	 */
	public NodeRouterFunction(NodeApplicationManager manager, ScriptPathResolver resolver) {
		this.manager = manager;
		this.resolver = resolver;
		this.guard = resolver
			.guard(manager.declared().stream().map((application) -> application.definition().script()).toList());
		this.routes = routes();
	}

	private List<Route> routes() {
		List<Route> sorted = new ArrayList<>();
		for (NodeApplication application : this.manager.declared()) {
			for (String path : application.definition().paths()) {
				sorted
					.add(new Route(PathPatternParser.defaultInstance.parse(path), application, function(application)));
			}
		}
		sorted.sort(Comparator.comparing(Route::pattern, PathPattern.SPECIFICITY_COMPARATOR));
		return List.copyOf(sorted);
	}

	private NodeHandlerFunction function(NodeApplication application) {
		return this.functions.computeIfAbsent(application,
				(added) -> new NodeHandlerFunction(added, this.resolver.hidden()));
	}

	/**
	 * Looks for a script where it is not known yet, which blocks. Goes on where it was
	 * called, as everybody who takes part in handling a request does: a response that
	 * another thread completes may meet the next request of the connection half way, and
	 * Reactor Netty (1.3.7, <code>HttpTrafficHandler.run</code>) then may never read
	 * again.
	 */
	@Override
	public Mono<HandlerFunction<ServerResponse>> route(ServerRequest request) {
		PathContainer path = request.requestPath().pathWithinApplication();
		Route route = routeOf(path);
		if (route != null && route.hasScript()) {
			return route.handler();
		}
		List<PathContainer> candidates = this.resolver.candidates(path);
		if (route == null) {
			Mono<HandlerFunction<ServerResponse>> known = known(candidates);
			if (known != null) {
				return known;
			}
			if (candidates.isEmpty() && !this.guard.isSuspicious(path)) {
				return Mono.empty();
			}
		}
		Mono<HandlerFunction<ServerResponse>> found = Mono.defer(() -> find(request, route, candidates))
			.subscribeOn(Schedulers.boundedElastic());
		Executor eventLoop = ReactorNettyRequest.eventLoopOf(request.exchange().getRequest());
		return (eventLoop != null) ? found.publishOn(Schedulers.fromExecutor(eventLoop)) : found;
	}

	private @Nullable Route routeOf(PathContainer path) {
		for (Route route : this.routes) {
			if (route.pattern().matches(path)) {
				return route;
			}
		}
		return null;
	}

	private @Nullable Mono<HandlerFunction<ServerResponse>> known(List<PathContainer> candidates) {
		for (PathContainer candidate : candidates) {
			Known known = this.knownPaths.get(candidate.value());
			if (known != null && known.isUpToDate()) {
				return known.handler();
			}
		}
		return null;
	}

	/**
	 * Looks at files. A route whose script is missing does not hide scripts found by
	 * path.
	 */
	private Mono<HandlerFunction<ServerResponse>> find(ServerRequest request, @Nullable Route route,
			List<PathContainer> candidates) {
		if (route != null && route.lookForScript()) {
			return route.handler();
		}
		ScriptPathResolver.Resolution resolution = this.resolver.resolve(candidates);
		if (resolution instanceof ScriptPathResolver.Script script) {
			return activate(script.candidate(), script.file());
		}
		PathContainer path = request.requestPath().pathWithinApplication();
		if (resolution == ScriptPathResolver.NoScript.FORBIDDEN || this.guard.isProtected(path)) {
			log.debug("Nobody may see {}", path);
			// As if there were no such file: what is hidden, is there for nobody.
			return Mono.error(new NoResourceFoundException(request.uri(), path.value()));
		}
		return (route != null) ? Mono.just(missing(route.application())) : Mono.empty();
	}

	private Mono<HandlerFunction<ServerResponse>> activate(PathContainer candidate, Path script) {
		try {
			NodeApplication application = this.manager.activate(script);
			Known known = new Known(Mono.just(function(application)), application, application.generation());
			// Another path to it may lead elsewhere one day, unnoticed.
			if (application.definition().script().equals(script)) {
				if (this.knownPaths.size() >= MAX_KNOWN_PATHS) {
					this.knownPaths.clear();
				}
				this.knownPaths.put(candidate.value(), known);
			}
			return known.handler();
		}
		catch (RuntimeException ex) {
			return Mono.just(failed(ErrorResponse.of(ex), null));
		}
	}

	private HandlerFunction<ServerResponse> missing(NodeApplication application) {
		return failed(
				ErrorResponse.of(new ScriptNotFoundException(application.name(), application.definition().script())),
				application);
	}

	private HandlerFunction<ServerResponse> failed(ErrorResponse error, @Nullable NodeApplication application) {
		return (request) -> Mono.just(new FailedServerResponse(error, application, this.failureLog));
	}

	@Override
	public String toString() {
		return this.routes.toString();
	}

	/**
	 * What a path has led to.
	 *
	 * @param handler hands requests to the application
	 * @param application the application
	 * @param generation its generation then: links on the way to its script may lead
	 * elsewhere for the next one
	 */
	private record Known(Mono<HandlerFunction<ServerResponse>> handler, NodeApplication application, int generation) {

		boolean isUpToDate() {
			return this.application.generation() == this.generation;
		}

	}

	/**
	 * A URL pattern and the application that it leads to.
	 */
	private static final class Route {

		private final PathPattern pattern;

		private final NodeApplication application;

		private final Mono<HandlerFunction<ServerResponse>> handler;

		private volatile boolean scriptSeen;

		Route(PathPattern pattern, NodeApplication application, NodeHandlerFunction function) {
			this.pattern = pattern;
			this.application = application;
			this.handler = Mono.just(function);
		}

		PathPattern pattern() {
			return this.pattern;
		}

		NodeApplication application() {
			return this.application;
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
			return this.pattern + " -> " + this.application;
		}

	}

}
