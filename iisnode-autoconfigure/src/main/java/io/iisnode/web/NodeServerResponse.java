package io.iisnode.web;

import io.netty.channel.EventLoop;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplication;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.protocol.NodeExchange;

/**
 * The response of a Node application. Status and header fields are known only while it is
 * being written; before, they are placeholders.
 */
final class NodeServerResponse implements ServerResponse {

	private final NodeApplication application;

	private final FailureLog failureLog;

	NodeServerResponse(NodeApplication application, FailureLog failureLog) {
		this.application = application;
		this.failureLog = failureLog;
	}

	@Override
	public HttpStatusCode statusCode() {
		return HttpStatus.OK;
	}

	@Override
	public HttpHeaders headers() {
		return HttpHeaders.EMPTY;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> cookies() {
		return new LinkedMultiValueMap<>();
	}

	@Override
	public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
		ReactorNettyClient client = new ReactorNettyClient(exchange,
				this.application.definition().settings().xffEnabled());
		String fault = client.fault();
		if (fault != null) {
			return refused(fault, exchange, context);
		}
		EventLoop eventLoop = this.application.async().eventLoop(client.eventLoop());
		ExchangeSettings settings = this.application.definition().settings().exchange();
		NodeExchange nodeExchange = new NodeExchange(client, client, this.application.acquire(), settings, eventLoop);
		return nodeExchange.onErrorResume((failure) -> failed(failure, nodeExchange, client, exchange, context));
	}

	private Mono<Void> refused(String fault, ServerWebExchange exchange, Context context) {
		ErrorResponse error = ErrorResponse.malformed(fault);
		this.failureLog.log(exchange, error);
		return error.write(exchange, context, this.application);
	}

	private Mono<Void> failed(Throwable failure, NodeExchange nodeExchange, ReactorNettyClient client,
			ServerWebExchange exchange, Context context) {
		boolean committed = exchange.getResponse().isCommitted();
		if (failure instanceof ErrorResponseException && !committed) {
			// The host has its own opinion about the body.
			return Mono.error(failure);
		}
		ErrorResponse error = ErrorResponse.of(failure);
		this.failureLog.log(nodeExchange, client, failure, error, committed);
		if (committed) {
			client.cut();
			return Mono.empty();
		}
		return error.write(exchange, context, this.application);
	}

}
