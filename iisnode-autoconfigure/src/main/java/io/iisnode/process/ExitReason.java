package io.iisnode.process;

/**
 * Why a process ended, in short.
 */
public enum ExitReason {

	/**
	 * By itself, while it took requests.
	 */
	CRASH,

	/**
	 * It never listened.
	 */
	START_FAILURE,

	/**
	 * The host had told it to.
	 */
	RECYCLE

}
