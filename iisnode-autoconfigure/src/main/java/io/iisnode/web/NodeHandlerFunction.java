package io.iisnode.web;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplication;

/**
 * Hands a WebFlux request to a Node application. The exchange takes place while the
 * response is being written, so that queue, process and pipe are held by one subscription
 * from beginning to end.
 */
public final class NodeHandlerFunction implements HandlerFunction<ServerResponse> {

	private final NodeApplication application;

	private final FailureLog failureLog;

	private final ClientFields clientFields;

	private final @Nullable StickySessions sticky;

	private final @Nullable StaticFiles staticFiles;

	private final @Nullable HandedOffFiles handedOffFiles;

	/**
	 * Creates the function.
	 * @param application who answers
	 */
	public NodeHandlerFunction(NodeApplication application) {
		this(application, new HiddenNames(List.of("node_modules", ".*")));
	}

	/**
	 * Creates the function.
	 * @param application who answers
	 * @param hidden names of files that are never served beside it
	 */
	NodeHandlerFunction(NodeApplication application, HiddenNames hidden) {
		this.application = application;
		this.staticFiles = StaticFiles.of(application.definition(), hidden);
		this.handedOffFiles = HandedOffFiles.of(application.definition(), hidden);
		this.failureLog = new FailureLog(application);
		this.sticky = StickySessions.of(application);
		this.clientFields = new ClientFields(application.definition().settings().client());
	}

	@Override
	public Mono<ServerResponse> handle(ServerRequest request) {
		ServerResponse node = new NodeServerResponse(this.application, this.failureLog, this.clientFields, this.sticky,
				this.handedOffFiles);
		StaticFiles files = this.staticFiles;
		return (files != null) ? files.find(request).map((found) -> found ? new FileServerResponse(files) : node)
				: Mono.just(node);
	}

	@Override
	public String toString() {
		return "Node application '" + this.application.name() + "'";
	}

}
