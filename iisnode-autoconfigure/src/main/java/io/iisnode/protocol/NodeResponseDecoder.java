package io.iisnode.protocol;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

/**
 * Netty's decoder, told whether the request was a HEAD and when its response is complete,
 * and asked whether that has begun, and whether anything has followed it: a connection
 * with such must not be used again.
 */
final class NodeResponseDecoder extends HttpResponseDecoder {

	/**
	 * Larger than the largest read: bodies are not cut into smaller pieces.
	 */
	private static final int MAX_PIECE = 512 * 1024;

	private boolean head;

	private boolean begun;

	private boolean complete;

	private boolean excess;

	NodeResponseDecoder(int maxHeadSize) {
		super(new HttpDecoderConfig().setMaxInitialLineLength(maxHeadSize)
			.setMaxHeaderSize(maxHeadSize)
			.setMaxChunkSize(MAX_PIECE)
			.setChunkedSupported(true));
	}

	void expect(boolean answerToHead) {
		this.head = answerToHead;
		this.begun = false;
		this.complete = false;
		this.excess = false;
	}

	/**
	 * The expected response is complete: what follows belongs to nobody. Must be called
	 * while the end of the response is being passed on. Later, Netty may have taken whole
	 * lines of what follows, and keeps them for the next response.
	 */
	void complete() {
		this.complete = true;
		this.excess = actualReadableBytes() > 0;
	}

	/**
	 * Whether any byte of the expected response has arrived.
	 */
	boolean hasBegun() {
		return this.begun;
	}

	/**
	 * Whether anything has arrived behind the expected response.
	 */
	boolean hasExcess() {
		return this.excess;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object input) throws Exception {
		if (this.complete) {
			this.excess = true;
			ReferenceCountUtil.release(input);
			ctx.channel().close();
			return;
		}
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

	/**
	 * Also settles what a 204 with chunks means: it has none (RFC 9112, section 6.1), but
	 * if a process sends them, they come behind its end. So its connection is not used
	 * again. Netty removes the field after this.
	 */
	@Override
	protected boolean isContentAlwaysEmpty(HttpMessage message) {
		if (message instanceof HttpResponse response && response.status().equals(HttpResponseStatus.NO_CONTENT)
				&& response.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
			response.headers().add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		}
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
