package io.iisnode.web;

import java.security.Principal;
import java.util.Optional;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.RequestLease;
import io.iisnode.process.Affinity;
import io.iisnode.protocol.ClientResponse;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.protocol.NodeExchange;

/**
 * The response of a Node application.
 */
final class NodeServerResponse extends DeferredServerResponse {

	private final NodeApplication application;

	private final FailureLog failureLog;

	private final ClientFields clientFields;

	private final @Nullable StickySessions sticky;

	private final @Nullable HandedOffFiles files;

	NodeServerResponse(NodeApplication application, FailureLog failureLog, ClientFields clientFields,
			@Nullable StickySessions sticky, @Nullable HandedOffFiles files) {
		this.application = application;
		this.failureLog = failureLog;
		this.clientFields = clientFields;
		this.sticky = sticky;
		this.files = files;
	}

	@Override
	public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
		if (!this.clientFields.needPrincipal()) {
			return writeTo(exchange, context, null);
		}
		return exchange.getPrincipal()
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((principal) -> writeTo(exchange, context, principal.orElse(null)));
	}

	private Mono<Void> writeTo(ServerWebExchange exchange, Context context, @Nullable Principal principal) {
		ReactorNettyRequest request = new ReactorNettyRequest(exchange.getRequest(), this.clientFields, principal);
		String fault = request.fault();
		if (fault != null) {
			return refused(ErrorResponse.malformed(fault), exchange, context);
		}
		long maxBodySize = this.application.definition().settings().client().maxBodySize();
		if (maxBodySize > 0 && !request.limitBody(maxBodySize)) {
			return refused(ErrorResponse.of(new BodyTooLargeException(maxBodySize)), exchange, context);
		}
		ReactorNettyResponse response = new ReactorNettyResponse(this.application, request, exchange.getResponse());
		ClientResponse receiver = (this.files != null) ? new HandOff(response, exchange, this.files) : response;
		Affinity affinity = (this.sticky != null) ? this.sticky.affinity(exchange.getRequest()) : null;
		EventLoop eventLoop = this.application.async().eventLoop(request.channel().eventLoop());
		ExchangeSettings settings = this.application.definition().settings().exchange();
		NodeExchange nodeExchange = new NodeExchange(request, receiver, this.application.acquire(affinity), settings,
				eventLoop);
		if (this.sticky != null && affinity == null && this.sticky.setsCookie()) {
			response.addToResponse((fields) -> tie(request, nodeExchange, this.sticky, fields));
		}
		return nodeExchange
			.onErrorResume((failure) -> failed(failure, nodeExchange, request, response, exchange, context));
	}

	private static void tie(ReactorNettyRequest request, NodeExchange nodeExchange, StickySessions sticky,
			HttpHeaders fields) {
		if (nodeExchange.lease() instanceof RequestLease lease && lease.slot() >= 0) {
			fields.add(HttpHeaderNames.SET_COOKIE, sticky.cookie(lease.slot(), request.isSecure()));
		}
	}

	private Mono<Void> refused(ErrorResponse error, ServerWebExchange exchange, Context context) {
		this.failureLog.log(exchange, error);
		return error.write(exchange, context, this.application);
	}

	private Mono<Void> failed(Throwable failure, NodeExchange nodeExchange, ReactorNettyRequest request,
			ReactorNettyResponse response, ServerWebExchange exchange, Context context) {
		boolean committed = exchange.getResponse().isCommitted();
		if (failure instanceof ErrorResponseException && !committed) {
			// The host has its own opinion about the body.
			return Mono.error(failure);
		}
		ErrorResponse error = ErrorResponse.of(failure);
		this.failureLog.log(nodeExchange, request, failure, error, committed);
		if (committed) {
			response.cut();
			return Mono.empty();
		}
		return error.write(exchange, context, this.application);
	}

}
