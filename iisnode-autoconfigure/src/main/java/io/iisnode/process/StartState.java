package io.iisnode.process;

/**
 * Whether processes of an application may be started.
 */
public enum StartState {

	/**
	 * Processes start when they are needed.
	 */
	ALLOWED,

	/**
	 * Too many have failed: none is started until the next try is due.
	 */
	SUSPENDED,

	/**
	 * One process is being started to see whether it works again.
	 */
	TRYING,

	/**
	 * That one listens, so processes start when they are needed. One more failure within
	 * the window suspends again, for longer than before.
	 */
	RECOVERED

}
