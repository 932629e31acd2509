package io.iisnode.process;

/**
 * What exchanges that go on are told about the end of their process, the gravest last.
 */
enum EndNotice {

	/**
	 * Nothing: the process lives, or finishes what it has.
	 */
	NONE,

	/**
	 * The host stops: whoever would never end by itself shall end now.
	 */
	HOST_STOPS,

	/**
	 * The process will soon be ended by force: all shall end.
	 */
	FORCE;

	boolean includes(EndNotice other) {
		return compareTo(other) >= 0;
	}

}
