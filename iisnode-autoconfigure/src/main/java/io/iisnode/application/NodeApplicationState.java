package io.iisnode.application;

/**
 * The life of an application.
 */
public enum NodeApplicationState {

	/**
	 * Takes requests; its processes start with the first one.
	 */
	ACTIVE,

	/**
	 * A new generation of processes starts, or an old one finishes. Takes requests.
	 */
	RECYCLING,

	/**
	 * Has ended for good.
	 */
	DISPOSED

}
