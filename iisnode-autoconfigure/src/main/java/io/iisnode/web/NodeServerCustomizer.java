package io.iisnode.web;

import io.netty.channel.Channel;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServer;

/**
 * Adds to each connection of a client what Node applications need and Reactor Netty does
 * not offer: targets that are not URIs, trailer fields of requests, and news about the
 * connection being writable again.
 */
public final class NodeServerCustomizer implements NettyServerCustomizer {

	@Override
	public HttpServer apply(HttpServer server) {
		return server.doOnChannelInit((observer, channel, address) -> {
			UpgradeGuard.addTo(channel);
			TargetHandler.addTo(channel);
			EarlyBytes.addTo(channel);
		}).doOnConnection(NodeServerCustomizer::beforeRequest);
	}

	/**
	 * Called when Reactor Netty knows of a request and nobody else does.
	 */
	private static void beforeRequest(Connection connection) {
		Channel channel = connection.channel();
		FrontHandler.of(channel);
		UpgradeAttempt.begin(connection);
		if (Http2Stream.is(channel)) {
			Http2Stream.widenConnection(channel);
			Http2Stream.flushWindowUpdates(channel);
		}
	}

}
