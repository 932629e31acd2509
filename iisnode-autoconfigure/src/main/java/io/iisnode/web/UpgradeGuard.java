package io.iisnode.web;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.HttpUtil;

/**
 * Keeps requests from changing to HTTP/2 where that would change them. Netty collects the
 * whole request before, and answers one with a body with 413 unless told how much to hold
 * (<code>server.netty.h2c-max-content-length</code>); and it knows no target that is not
 * a URI. A server may ignore the wish (RFC 9110, section 7.8), so these are served over
 * HTTP/1.1.
 */
@ChannelHandler.Sharable
final class UpgradeGuard extends ChannelInboundHandlerAdapter {

	private static final UpgradeGuard INSTANCE = new UpgradeGuard();

	private static final String NAME = "iisnode.upgrade-guard";

	private UpgradeGuard() {
	}

	/**
	 * Adds the guard where an upgrade to HTTP/2 is possible.
	 */
	static void addTo(Channel channel) {
		ChannelHandlerContext upgrade = channel.pipeline().context(HttpServerUpgradeHandler.class);
		if (upgrade != null) {
			channel.pipeline().addBefore(upgrade.name(), NAME, INSTANCE);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpRequest request && isUpgrade(request.headers()) && !mayUpgrade(request)) {
			request.headers().remove(HttpHeaderNames.UPGRADE);
		}
		ctx.fireChannelRead(msg);
	}

	private static boolean isUpgrade(HttpHeaders headers) {
		return headers.containsValue(HttpHeaderNames.UPGRADE, "h2c", true);
	}

	private static boolean mayUpgrade(HttpRequest request) {
		return !HttpUtil.isTransferEncodingChunked(request) && HttpUtil.getContentLength(request, 0L) == 0
				&& request.uri().equals(RequestTarget.escape(request.uri()));
	}

}
