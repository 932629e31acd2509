package io.iisnode.protocol;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Limits of one HTTP exchange with a node process.
 *
 * @param initialBufferSize size in bytes of the first buffer that a read from the pipe
 * uses (<code>initial-request-buffer-size</code>); it grows with the traffic
 * @param maxHeadSize longest request head and longest response head in bytes
 * (<code>max-request-buffer-size</code>)
 * @param requestTimeout longest wait for the response head, counted from the end of the
 * request (<code>request-timeout</code>); null: no limit
 * @param idleTimeout longest time without a byte in either direction
 * (<code>idle-timeout</code>); null: no limit
 * @param maxTunnelAge longest life of a WebSocket or another upgraded connection
 * (<code>max-tunnel-age</code>); null: no limit
 */
public record ExchangeSettings(int initialBufferSize, int maxHeadSize, @Nullable Duration requestTimeout,
		@Nullable Duration idleTimeout, @Nullable Duration maxTunnelAge) {

	/**
	 * The settings of iisnode: buffers of 4 KiB to 64 KiB, no time limit.
	 */
	public static final ExchangeSettings DEFAULTS = new ExchangeSettings(4096, 65536, null, null, null);

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ExchangeSettings {
		if (initialBufferSize < 64) {
			throw new IllegalArgumentException(
					"initial-request-buffer-size must be 64 bytes or more, not " + initialBufferSize);
		}
		if (maxHeadSize < 256) {
			throw new IllegalArgumentException("max-request-buffer-size must be 256 bytes or more, not " + maxHeadSize);
		}
		checkPositive("request-timeout", requestTimeout);
		checkPositive("idle-timeout", idleTimeout);
		checkPositive("max-tunnel-age", maxTunnelAge);
	}

	private static void checkPositive(String name, @Nullable Duration limit) {
		if (limit != null && (limit.isNegative() || limit.isZero())) {
			throw new IllegalArgumentException(name + " must be positive, but is " + limit);
		}
	}

}
