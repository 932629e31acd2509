package io.iisnode.transport;

import java.time.Duration;

/**
 * How connections to a node process are made and kept.
 *
 * @param maxRetries connection attempts after the first one
 * (<code>max-named-pipe-connection-retry</code>), 0 or more
 * @param retryDelay pause between two attempts
 * (<code>named-pipe-connection-retry-delay</code>)
 * @param maxIdle idle connections kept per process
 * (<code>max-named-pipe-connection-pool-size</code>); 0 turns reuse off
 * @param maxIdleAge idle time after which a connection is not used again
 * (<code>max-named-pipe-pooled-connection-age</code>)
 */
public record ConnectionSettings(int maxRetries, Duration retryDelay, int maxIdle, Duration maxIdleAge) {

	/**
	 * The settings of iisnode: 100 retries, 250 ms apart, 512 idle connections for 30 s.
	 */
	public static final ConnectionSettings DEFAULTS = new ConnectionSettings(100, Duration.ofMillis(250), 512,
			Duration.ofSeconds(30));

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ConnectionSettings {
		if (maxRetries < 0) {
			throw new IllegalArgumentException("max-named-pipe-connection-retry must be 0 or more, not " + maxRetries);
		}
		if (retryDelay.isNegative()) {
			throw new IllegalArgumentException(
					"named-pipe-connection-retry-delay must not be negative, but is " + retryDelay);
		}
		if (maxIdle < 0) {
			throw new IllegalArgumentException("max-named-pipe-connection-pool-size must be 0 or more, not " + maxIdle);
		}
		if (maxIdleAge.isNegative()) {
			throw new IllegalArgumentException(
					"max-named-pipe-pooled-connection-age must not be negative, but is " + maxIdleAge);
		}
	}

}
