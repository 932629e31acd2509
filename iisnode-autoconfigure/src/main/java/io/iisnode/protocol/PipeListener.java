package io.iisnode.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ProtocolBridge} tells the exchange that uses it. Called on the event
 * loop.
 */
interface PipeListener {

	/**
	 * An interim response (1xx but 101) has arrived.
	 */
	void onInterim(HttpResponse response);

	/**
	 * The head of the final response has arrived.
	 */
	void onHead(HttpResponse response);

	/**
	 * The process has left HTTP (101); bytes of another protocol follow.
	 */
	void onSwitch(HttpResponse response);

	/**
	 * A piece of the body has arrived; the buffer is the listener's to release.
	 */
	void onBody(ByteBuf piece);

	/**
	 * The response is complete.
	 */
	void onEnd(HttpHeaders trailers);

	/**
	 * What could be read for now has been delivered.
	 */
	void onReadComplete();

	/**
	 * A byte has been read or written.
	 */
	void onActivity();

	/**
	 * The pipe has become writable or unwritable.
	 */
	void onWritabilityChanged(boolean writable);

	/**
	 * The request can not be written any further; a response may still be readable.
	 */
	void onWriteFailed(Throwable cause);

	/**
	 * The pipe is broken: closed, or not speaking HTTP.
	 */
	void onBroken(String message, @Nullable Throwable cause);

}
