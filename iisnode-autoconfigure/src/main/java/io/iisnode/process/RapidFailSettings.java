package io.iisnode.process;

import java.time.Duration;

/**
 * When an application counts as one that cannot live, so that starting it stops for a
 * while.
 *
 * @param limit processes that may end unexpectedly or fail to start within the window
 * before starting stops (<code>rapid-fail-limit</code>); 0: starting never stops
 * @param window the time in which they are counted (<code>rapid-fail-window</code>)
 */
public record RapidFailSettings(int limit, Duration window) {

	/** The defaults. */
	public static final RapidFailSettings DEFAULTS = new RapidFailSettings(5, Duration.ofMinutes(1));

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public RapidFailSettings {
		if (limit < 0) {
			throw new IllegalArgumentException("rapid-fail-limit must be 0 (no limit) or more, not " + limit);
		}
		if (window.isNegative() || window.isZero()) {
			throw new IllegalArgumentException("rapid-fail-window must be positive, but is " + window);
		}
	}

}
