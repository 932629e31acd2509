package io.iisnode.web;

import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.channel.ChannelOperations;

/**
 * Tells Reactor Netty that a connection which has left HTTP is still in use: it counts as
 * a request that is not finished, so that a graceful shutdown waits for it, and its end
 * is the end of the connection.
 */
final class TunnelOperations extends ChannelOperations<NettyInbound, NettyOutbound> {

	@SuppressWarnings("unchecked")
	TunnelOperations(ChannelOperations<?, ?> http) {
		super((ChannelOperations<NettyInbound, NettyOutbound>) http);
		markPersistent(false);
	}

}
