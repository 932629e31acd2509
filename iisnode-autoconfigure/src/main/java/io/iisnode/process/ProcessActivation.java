package io.iisnode.process;

/**
 * When the processes of an application start.
 */
public enum ProcessActivation {

	/**
	 * All of them on the first request, as iisnode 0.2 does.
	 */
	ALL,

	/**
	 * One on the first request, a further one whenever all are full, up to the limit.
	 */
	ON_DEMAND

}
