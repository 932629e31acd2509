package io.iisnode.process;

import java.util.EnumSet;
import java.util.Set;

/**
 * The life of a node process. Any state may be followed by {@link #EXITED}: a process can
 * die at any time.
 */
public enum NodeProcessState {

	/**
	 * Launched, or about to be; does not listen yet.
	 */
	STARTING,

	/**
	 * Listens and takes requests.
	 */
	READY,

	/**
	 * Takes no new requests and finishes those that it has.
	 */
	DRAINING,

	/**
	 * Has been told to end.
	 */
	STOPPING,

	/**
	 * Is gone, and all that belonged to it is cleaned up.
	 */
	EXITED;

	/**
	 * Whether this state may follow another.
	 * @param previous the state before
	 * @return whether the transition is legal
	 */
	boolean mayFollow(NodeProcessState previous) {
		return predecessors().contains(previous);
	}

	private Set<NodeProcessState> predecessors() {
		return switch (this) {
			case STARTING -> EnumSet.noneOf(NodeProcessState.class);
			case READY -> EnumSet.of(STARTING);
			case DRAINING -> EnumSet.of(STARTING, READY);
			case STOPPING -> EnumSet.of(STARTING, DRAINING);
			case EXITED -> EnumSet.of(STARTING, READY, DRAINING, STOPPING);
		};
	}

}
