package io.iisnode.application;

/**
 * Header fields that tell an application who its client is and what it asked for.
 */
public enum ForwardedHeaders {

	/**
	 * None.
	 */
	NONE,

	/**
	 * <code>X-Forwarded-For</code>, <code>-Proto</code>, <code>-Host</code> and
	 * <code>-Port</code>.
	 */
	X_FORWARDED,

	/**
	 * <code>Forwarded</code> (RFC 7239).
	 */
	FORWARDED,

	/**
	 * All of them.
	 */
	BOTH

}
