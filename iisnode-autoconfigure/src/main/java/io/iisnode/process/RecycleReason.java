package io.iisnode.process;

/**
 * Why a process, or all processes of an application, are replaced or ended as planned.
 */
public enum RecycleReason {

	/**
	 * Watched files have changed.
	 */
	FILE_CHANGE("its files have changed"),

	/**
	 * Somebody asked for it through the actuator.
	 */
	ACTUATOR("it was asked for through the actuator"),

	/**
	 * The Node application asked for it through its control pipe.
	 */
	REQUESTED_BY_APPLICATION("the application asked for it"),

	/**
	 * Code of the host asked for it.
	 */
	REQUESTED_BY_HOST("the host asked for it"),

	/**
	 * A process has had as many requests as it may
	 * (<code>max-requests-per-process</code>).
	 */
	MAX_REQUESTS("it has had its number of requests (iisnode.max-requests-per-process)"),

	/**
	 * A process is as old as it may become (<code>max-process-age</code>).
	 */
	MAX_AGE("it has reached its age (iisnode.max-process-age)"),

	/**
	 * A process uses more memory than it may, and goes on to do so
	 * (<code>max-memory-per-process</code>).
	 */
	MAX_MEMORY("its memory stays above the limit (iisnode.max-memory-per-process)"),

	/**
	 * The event loop of a process was, or is, stuck for longer than it may
	 * (<code>max-event-loop-delay</code>).
	 */
	EVENT_LOOP_DELAY("its event loop was stuck for too long (iisnode.max-event-loop-delay)"),

	/**
	 * A process has closed its server, but lives on.
	 */
	LISTENER_CLOSED("it does not listen any more"),

	/**
	 * A process is not needed (<code>idle-process-timeout</code>).
	 */
	IDLE("no request has come for a while (iisnode.idle-process-timeout)");

	private final String words;

	RecycleReason(String words) {
		this.words = words;
	}

	/**
	 * The reason in words, about the process or application as "it".
	 * @return the end of a sentence
	 */
	public String words() {
		return this.words;
	}

}
