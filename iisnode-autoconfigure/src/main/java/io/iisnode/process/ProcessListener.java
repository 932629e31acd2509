package io.iisnode.process;

/**
 * News of one process, for its manager. Called on any thread; must not block.
 */
interface ProcessListener {

	/**
	 * The process listens.
	 * @param process the process
	 */
	void ready(NodeProcess process);

	/**
	 * A slot has become free.
	 * @param process the process
	 */
	void slotFreed(NodeProcess process);

	/**
	 * The process is gone, or could not be launched.
	 * @param process the process
	 */
	void exited(NodeProcess process);

	/**
	 * The process lives, but does not listen any more.
	 * @param process the process
	 */
	void closed(NodeProcess process);

	/**
	 * The process has had as many requests as it may.
	 * @param process the process
	 */
	void requestLimitReached(NodeProcess process);

	/**
	 * The application asked for a recycle through its control pipe.
	 */
	void recycleRequested();

}
