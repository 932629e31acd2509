package io.iisnode.transport;

/**
 * Tells that pipes cannot be made here: their folder cannot be created or protected, or
 * their paths are too long for the platform.
 */
public class PipeAddressException extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param message what happened and what to do
	 */
	public PipeAddressException(String message) {
		super(message);
	}

	/**
	 * Creates the exception.
	 * @param message what happened and what to do
	 * @param cause the cause
	 */
	public PipeAddressException(String message, Throwable cause) {
		super(message, cause);
	}

}
