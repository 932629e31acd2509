package io.iisnode.protocol;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/**
 * Netty's decoder, told whether the request was a HEAD, and asked whether it has bytes
 * left: a connection with such must not be used again.
 */
final class NodeResponseDecoder extends HttpResponseDecoder {

	/**
	 * Larger than the largest read: bodies are not cut into smaller pieces.
	 */
	private static final int MAX_PIECE = 512 * 1024;

	private boolean head;

	NodeResponseDecoder(int maxHeadSize) {
		super(new HttpDecoderConfig().setMaxInitialLineLength(maxHeadSize)
			.setMaxHeaderSize(maxHeadSize)
			.setMaxChunkSize(MAX_PIECE)
			.setChunkedSupported(true));
	}

	void expect(boolean answerToHead) {
		this.head = answerToHead;
	}

	boolean hasBytesLeft() {
		return actualReadableBytes() > 0;
	}

	@Override
	protected boolean isContentAlwaysEmpty(HttpMessage message) {
		return super.isContentAlwaysEmpty(message) || this.head;
	}

}
