package io.iisnode.protocol;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/**
 * Netty's decoder, told whether the request was a HEAD, and asked whether a response has
 * begun, and whether bytes are left: a connection with such must not be used again.
 */
final class NodeResponseDecoder extends HttpResponseDecoder {

	/**
	 * Larger than the largest read: bodies are not cut into smaller pieces.
	 */
	private static final int MAX_PIECE = 512 * 1024;

	private boolean head;

	private boolean begun;

	NodeResponseDecoder(int maxHeadSize) {
		super(new HttpDecoderConfig().setMaxInitialLineLength(maxHeadSize)
			.setMaxHeaderSize(maxHeadSize)
			.setMaxChunkSize(MAX_PIECE)
			.setChunkedSupported(true));
	}

	void expect(boolean answerToHead) {
		this.head = answerToHead;
		this.begun = false;
	}

	/**
	 * Whether any byte of the expected response has arrived.
	 */
	boolean hasBegun() {
		return this.begun;
	}

	boolean hasBytesLeft() {
		return actualReadableBytes() > 0;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object input) throws Exception {
		this.begun = true;
		super.channelRead(ctx, input);
	}

	@Override
	protected boolean isContentAlwaysEmpty(HttpMessage message) {
		return super.isContentAlwaysEmpty(message) || this.head;
	}

}
