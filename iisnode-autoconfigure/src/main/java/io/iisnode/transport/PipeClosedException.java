package io.iisnode.transport;

import java.io.IOException;

/**
 * Tells that a pipe, or the process behind it, has gone.
 */
public class PipeClosedException extends IOException {

	/**
	 * Creates the exception.
	 * @param message what happened
	 */
	public PipeClosedException(String message) {
		super(message);
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Says nothing that the message does not: it is made on an event loop.
		return this;
	}

}
