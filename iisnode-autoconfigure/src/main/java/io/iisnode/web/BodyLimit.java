package io.iisnode.web;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * The longest body of one request, and how much of it has come.
 */
final class BodyLimit {

	/**
	 * No limit; counts nothing.
	 */
	static final BodyLimit NONE = new BodyLimit(0);

	private final long max;

	private long size;

	/**
	 * Creates the limit.
	 * @param max bytes; 0: none
	 */
	BodyLimit(long max) {
		this.max = max;
	}

	/**
	 * Whether a body is not known to be longer.
	 * @param headers fields of its request
	 */
	boolean allows(HttpHeaders headers) {
		String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
		return length == null || Long.parseLong(length) <= this.max;
	}

	/**
	 * Counts a piece.
	 * @return the piece
	 * @throws BodyTooLargeException if it is too much; the piece is released then
	 */
	ByteBuf count(ByteBuf piece) {
		if (this.max > 0) {
			this.size += piece.readableBytes();
			if (this.size > this.max) {
				piece.release();
				throw new BodyTooLargeException(this.max);
			}
		}
		return piece;
	}

}
