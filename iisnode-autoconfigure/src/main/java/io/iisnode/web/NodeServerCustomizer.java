package io.iisnode.web;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.http.server.HttpServer;

/**
 * Adds to each connection of a client what Node applications need and Reactor Netty does
 * not offer: targets that are not URIs, trailer fields of requests, and news about the
 * connection being writable again.
 */
public final class NodeServerCustomizer implements NettyServerCustomizer {

	@Override
	public HttpServer apply(HttpServer server) {
		return server.doOnChannelInit((observer, channel, address) -> TargetHandler.addTo(channel))
			// Before each request; the first one on a connection finds nothing to do.
			.doOnConnection((connection) -> FrontHandler.of(connection.channel()));
	}

}
