package io.iisnode.process;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import io.iisnode.transport.PipeConnection;

/**
 * Sees the end of a connection that the process has closed or broken, before its user
 * does: it stands first in the pipeline. Of an end that the user makes it hears
 * afterwards, when the user is done.
 */
final class EndOfConnection extends ChannelInboundHandlerAdapter {

	private volatile boolean seen;

	/**
	 * Begins to watch a fresh connection.
	 */
	static void watch(PipeConnection connection) {
		connection.channel().pipeline().addFirst(new EndOfConnection());
	}

	/**
	 * Whether the process has ended the connection.
	 */
	static boolean isSeen(PipeConnection connection) {
		EndOfConnection end = connection.channel().pipeline().get(EndOfConnection.class);
		// An ended channel loses its handlers.
		return end == null || end.seen;
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.seen = true;
		ctx.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.seen = true;
		ctx.fireExceptionCaught(cause);
	}

}
