package io.iisnode.protocol;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;

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

	/**
	 * Netty ends a name at a blank, and forgets what stands between the blank and the
	 * colon.
	 */
	@Override
	protected AsciiString splitHeaderName(byte[] line, int start, int length) {
		if (line[start + length] != ':') {
			throw new IllegalArgumentException("a blank in the name of a header field");
		}
		return super.splitHeaderName(line, start, length);
	}

	@Override
	protected boolean isContentAlwaysEmpty(HttpMessage message) {
		return this.head || super.isContentAlwaysEmpty(message) || isSwitching(message);
	}

	/**
	 * What follows is not HTTP. Netty knows an old draft of WebSocket that had a body.
	 */
	private static boolean isSwitching(HttpMessage message) {
		return message instanceof HttpResponse response
				&& response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
	}

}
