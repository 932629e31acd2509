package io.iisnode.application;

import java.time.Duration;

/**
 * Tells that a request was not given to a process. Trying again later may help.
 */
public class RequestRejectedException extends RuntimeException {

	private final Reason reason;

	RequestRejectedException(Reason reason, String message) {
		super(message, null, false, false);
		this.reason = reason;
	}

	static RequestRejectedException full(String application, int limit) {
		return new RequestRejectedException(Reason.QUEUE_FULL, "All processes of application '" + application
				+ "' are busy and " + limit + " requests wait already (iisnode.max-pending-requests-per-application)");
	}

	static RequestRejectedException starting(String application, int limit) {
		return new RequestRejectedException(Reason.STARTING,
				"The processes of application '" + application + "' are starting and " + limit
						+ " requests wait already (iisnode.max-pending-requests-per-application)");
	}

	static RequestRejectedException waitedTooLong(String application, Duration limit) {
		return new RequestRejectedException(Reason.WAITED_TOO_LONG, "No process of application '" + application
				+ "' became free within " + limit.toMillis() + " ms (iisnode.max-pending-time)");
	}

	static RequestRejectedException disposed(String application) {
		return new RequestRejectedException(Reason.STOPPED, "Application '" + application + "' is stopping");
	}

	static RequestRejectedException tooMany(String application, int limit) {
		return new RequestRejectedException(Reason.TOO_MANY_APPLICATIONS,
				"Application '" + application + "' is not activated: " + limit
						+ " scripts found by path are active already" + " (iisnode.max-applications)");
	}

	/**
	 * Why it was refused.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Why a request was refused.
	 */
	public enum Reason {

		/**
		 * As many as may wait were waiting.
		 */
		QUEUE_FULL,

		/**
		 * No process was ready yet, and as many as may wait were waiting.
		 */
		STARTING,

		/**
		 * No process became free in time.
		 */
		WAITED_TOO_LONG,

		/**
		 * The application is stopping.
		 */
		STOPPED,

		/**
		 * As many scripts found by path as may be active are active.
		 */
		TOO_MANY_APPLICATIONS

	}

}
