package io.iisnode.web;

import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The response to a request for a file that lies beside an application.
 */
final class FileServerResponse extends DeferredServerResponse {

	private final StaticFiles files;

	FileServerResponse(StaticFiles files) {
		this.files = files;
	}

	@Override
	public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
		return this.files.handle(exchange);
	}

}
