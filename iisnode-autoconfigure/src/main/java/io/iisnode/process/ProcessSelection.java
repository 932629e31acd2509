package io.iisnode.process;

/**
 * Which process with a free slot takes the next request.
 */
public enum ProcessSelection {

	/**
	 * Strict turns.
	 */
	ROUND_ROBIN,

	/**
	 * The one with the fewest active requests; turns among equals.
	 */
	LEAST_ACTIVE,

	/**
	 * The one that served those before which belong to the same client; turns among
	 * clients.
	 */
	STICKY

}
