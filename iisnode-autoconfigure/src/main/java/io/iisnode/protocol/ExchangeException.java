package io.iisnode.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Tells why an exchange with a node process failed.
 */
public class ExchangeException extends RuntimeException {

	private final Reason reason;

	ExchangeException(Reason reason, String message, @Nullable Throwable cause) {
		// No stack trace: it is made on an event loop and shows nothing but that.
		super(message, cause, false, false);
		this.reason = reason;
	}

	/**
	 * The kind of failure.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Kinds of failure.
	 */
	public enum Reason {

		/**
		 * The request is not one that can be passed on.
		 */
		BAD_REQUEST,

		/**
		 * The head of the request is longer than allowed.
		 */
		REQUEST_HEAD_TOO_LARGE,

		/**
		 * No connection to the process could be made.
		 */
		CANNOT_CONNECT,

		/**
		 * The process closed the connection too early or broke the protocol.
		 */
		BAD_RESPONSE,

		/**
		 * No response head in time.
		 */
		RESPONSE_TIMEOUT,

		/**
		 * The client sends no more of its request.
		 */
		REQUEST_TIMEOUT,

		/**
		 * The client asks for something that is not supported.
		 */
		NOT_SUPPORTED,

		/**
		 * The client went away.
		 */
		CLIENT_GONE

	}

}
