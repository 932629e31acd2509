package io.iisnode.process;

/**
 * State and number of active requests of a process, seen and changed together: whether
 * one more may come and whether the last one has left must never be decided on halves.
 *
 * @param state the state
 * @param active requests that hold a slot
 */
record ProcessLoad(NodeProcessState state, int active) {

	static final ProcessLoad STARTING = new ProcessLoad(NodeProcessState.STARTING, 0);

	ProcessLoad {
		if (active < 0) {
			throw new IllegalStateException("A slot was given back twice");
		}
	}

	boolean mayTakeOneMore(int limit) {
		return this.state == NodeProcessState.READY && this.active < limit;
	}

	boolean isDrained() {
		return this.state == NodeProcessState.DRAINING && this.active == 0;
	}

	ProcessLoad plusOne() {
		return new ProcessLoad(this.state, this.active + 1);
	}

	ProcessLoad minusOne() {
		return new ProcessLoad(this.state, this.active - 1);
	}

	ProcessLoad with(NodeProcessState next) {
		return new ProcessLoad(next, this.active);
	}

}
