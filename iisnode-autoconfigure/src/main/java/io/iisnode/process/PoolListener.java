package io.iisnode.process;

/**
 * News of a {@link NodeProcessManager} for its application. Called on any thread, without
 * a lock; must not block.
 */
public interface PoolListener {

	/**
	 * A lease may be had now, or a process has to be replaced.
	 */
	void slotsFree();

	/**
	 * No process runs and the last one could not be started.
	 * @param failure why
	 */
	void startFailed(ProcessStartException failure);

	/**
	 * It is time to see whether processes work again, after starting was suspended: to be
	 * passed on to whichever manager takes the requests now, as
	 * {@link NodeProcessManager#tryAgain()}.
	 */
	void retryDue();

	/**
	 * The application asked for a recycle through its control pipe.
	 */
	void recycleRequested();

	/**
	 * Whether single processes may be replaced now.
	 * @return false while all of them are about to be
	 */
	default boolean mayReplace() {
		return true;
	}

	/**
	 * A single process ends as planned.
	 * @param pid its id
	 * @param reason why
	 */
	default void recycled(long pid, RecycleReason reason) {
	}

}
