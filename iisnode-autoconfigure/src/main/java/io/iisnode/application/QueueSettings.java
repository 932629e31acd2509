package io.iisnode.application;

import java.time.Duration;

/**
 * Bounds of the requests that wait for a process.
 *
 * @param maxPending how many may wait
 * (<code>max-pending-requests-per-application</code>); 0: none waits
 * @param maxPendingTime how long one may wait (<code>max-pending-time</code>)
 */
public record QueueSettings(int maxPending, Duration maxPendingTime) {

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public QueueSettings {
		if (maxPending < 0) {
			throw new IllegalArgumentException(
					"max-pending-requests-per-application must be 0 or more, not " + maxPending);
		}
		if (maxPendingTime.isNegative() || maxPendingTime.isZero()) {
			throw new IllegalArgumentException("max-pending-time must be positive, but is " + maxPendingTime);
		}
	}

}
