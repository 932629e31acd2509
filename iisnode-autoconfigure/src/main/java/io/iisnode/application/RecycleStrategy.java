package io.iisnode.application;

/**
 * In which order generations of processes change at a recycle.
 */
public enum RecycleStrategy {

	/**
	 * The new generation takes over when it is ready; until then, and if it never is, the
	 * old one takes the requests.
	 */
	READY_FIRST,

	/**
	 * The old generation takes no more requests from the beginning of the recycle, as in
	 * iisnode: requests wait until the new one is ready, and fail if it cannot start.
	 */
	IMMEDIATE

}
