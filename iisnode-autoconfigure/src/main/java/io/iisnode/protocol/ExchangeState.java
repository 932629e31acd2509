package io.iisnode.protocol;

import java.util.EnumSet;
import java.util.Set;

/**
 * The life of one exchange. Any state but the final ones may be followed by
 * {@link #FAILED} and {@link #CANCELLED}.
 */
public enum ExchangeState {

	/**
	 * Created; nothing has been asked for.
	 */
	NEW,

	/**
	 * Waits for a process.
	 */
	QUEUED,

	/**
	 * Has a process, waits for a connection to it.
	 */
	CONNECTING,

	/**
	 * Request and response are on their way.
	 */
	EXCHANGING,

	/**
	 * Both sides have left HTTP; their bytes are on their way.
	 */
	UPGRADED,

	/**
	 * The client has got the whole answer, or the tunnel has ended.
	 */
	COMPLETED,

	/**
	 * Ended by a failure of the process or the protocol.
	 */
	FAILED,

	/**
	 * Ended because the client went away.
	 */
	CANCELLED;

	/**
	 * Whether nothing can follow.
	 * @return true for the three ends
	 */
	public boolean isFinal() {
		return this == COMPLETED || this == FAILED || this == CANCELLED;
	}

	/**
	 * Whether this state may follow another.
	 * @param previous the state before
	 * @return whether the transition is legal
	 */
	boolean mayFollow(ExchangeState previous) {
		return predecessors().contains(previous);
	}

	private Set<ExchangeState> predecessors() {
		return switch (this) {
			case NEW -> EnumSet.noneOf(ExchangeState.class);
			case QUEUED -> EnumSet.of(NEW);
			// From EXCHANGING: the one repetition on a fresh connection.
			case CONNECTING -> EnumSet.of(NEW, QUEUED, EXCHANGING);
			case EXCHANGING -> EnumSet.of(CONNECTING);
			case UPGRADED -> EnumSet.of(EXCHANGING);
			case COMPLETED -> EnumSet.of(EXCHANGING, UPGRADED);
			case FAILED, CANCELLED -> EnumSet.of(NEW, QUEUED, CONNECTING, EXCHANGING, UPGRADED);
		};
	}

}
