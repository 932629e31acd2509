package io.iisnode.process;

/**
 * Whether a pool gives out requests. Processes that start together are open together, so
 * that turns are strict from the first request on. Guarded by the lock of the
 * {@link NodeProcessManager}.
 */
final class PoolOpening {

	private final ProcessSlots slots;

	/**
	 * Has {@link #openNow()} called when slower processes have been waited for.
	 */
	private final Runnable waitForSlower;

	private boolean open;

	private boolean waiting;

	PoolOpening(ProcessSlots slots, Runnable waitForSlower) {
		this.slots = slots;
		this.waitForSlower = waitForSlower;
	}

	boolean isOpen() {
		return this.open;
	}

	/**
	 * Opens if no process is starting, else in a while.
	 * @return whether it is open
	 */
	boolean openIfComplete() {
		if (!this.slots.has(NodeProcessState.STARTING)) {
			this.open = this.slots.has(NodeProcessState.READY);
		}
		else if (!this.open && !this.waiting && this.slots.has(NodeProcessState.READY)) {
			this.waiting = true;
			this.waitForSlower.run();
		}
		return this.open;
	}

	/**
	 * Opens if any process is ready.
	 * @return whether it is open
	 */
	boolean openNow() {
		this.waiting = false;
		this.open = this.open || this.slots.has(NodeProcessState.READY);
		return this.open;
	}

	/**
	 * Closes if no process is ready any more.
	 */
	void closeIfEmpty() {
		this.open = this.open && this.slots.has(NodeProcessState.READY);
	}

}
