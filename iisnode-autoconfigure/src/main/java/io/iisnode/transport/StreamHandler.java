package io.iisnode.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Turns what a channel reads into a {@link PipeInbound}.
 */
final class StreamHandler extends ChannelInboundHandlerAdapter implements PipeInbound.Source {

	private final Channel channel;

	private final PipeInbound inbound;

	StreamHandler(Channel channel) {
		this.channel = channel;
		this.inbound = new PipeInbound(channel.eventLoop(), this);
	}

	PipeInbound inbound() {
		return this.inbound;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		if (!ctx.channel().isActive()) {
			// Closed before: nobody will tell.
			this.inbound.complete();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.inbound.offer((ByteBuf) msg);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.inbound.complete();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.inbound.fail(cause);
		ctx.close();
	}

	@Override
	public void read(boolean wanted) {
		this.channel.config().setAutoRead(wanted);
	}

	@Override
	public void cancelled() {
		this.channel.close();
	}

}
