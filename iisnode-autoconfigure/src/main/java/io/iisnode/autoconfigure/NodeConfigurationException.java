package io.iisnode.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Node applications cannot be hosted as they are configured. Says what is wrong, and what
 * to do about it.
 */
public final class NodeConfigurationException extends RuntimeException {

	private final String action;

	/**
	 * Creates the exception.
	 * @param message what is wrong
	 * @param action what to do
	 * @param cause the cause, if there is one
	 */
	NodeConfigurationException(String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * What to do about it.
	 * @return one sentence or more
	 */
	public String getAction() {
		return this.action;
	}

}
