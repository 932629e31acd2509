package io.iisnode.watch;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Which files are watched, and how. A pattern is {@code [folder/]name} relative to the
 * folder of the script, with {@code /} or {@code \} between the segments.
 * <ul>
 * <li>The name may have the wildcards {@code *} and {@code ?}; {@code *.*} is {@code *}.
 * All other characters stand for themselves: {@code [id].js} is a file of that name. The
 * case matters where the operating system says so.</li>
 * <li>A folder is not searched recursively, unless a segment is {@code **}: any number of
 * folders, none included. Those whose name starts with a dot and {@code node_modules} are
 * passed over, unless the pattern names them.</li>
 * <li>Temporary files of editors and file transfers do not match a wildcard, unless the
 * pattern itself looks like one of them ({@code *.tmp}).</li>
 * </ul>
 *
 * @param patterns the patterns, each element one or several with {@code ;} between; empty
 * ones are left out. Empty: only the script is watched
 * @param pollingInterval time from one scan to the next where the operating system does
 * not notify; longer where scans take long, so that they need at most a twentieth of the
 * time
 * @param quietPeriod time without a change before changes are reported
 * @param maxDelay time after the first change when changes are reported although there
 * are still new ones
 */
public record WatchSettings(List<String> patterns, Duration pollingInterval, Duration quietPeriod, Duration maxDelay) {

	private static final Duration LONGEST = Duration.ofDays(1);

	private static final Duration QUIET_PERIOD = Duration.ofMillis(300);

	private static final Duration MAX_DELAY = Duration.ofSeconds(5);

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if one is out of range, or a pattern is none; the
	 * message names the setting
	 */
	public WatchSettings {
		patterns = patterns.stream()
			.flatMap((list) -> Arrays.stream(list.split(";")))
			.map(String::trim)
			.filter((pattern) -> !pattern.isEmpty())
			.toList();
		patterns.forEach(FilePattern::parse);
		inRange("unc-file-changes-polling-interval", pollingInterval);
		inRange("the quiet period of watched-files", quietPeriod);
		inRange("the longest delay of watched-files", maxDelay);
		if (maxDelay.compareTo(quietPeriod) < 0) {
			throw new IllegalArgumentException("the longest delay of watched-files must not be shorter than its "
					+ "quiet period of " + quietPeriod.toMillis() + " ms, but is " + maxDelay.toMillis() + " ms");
		}
	}

	private static void inRange(String setting, Duration value) {
		if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException(setting + " must be more than 0 and at most " + LONGEST.toMillis()
					+ " ms (a day), but is " + value);
		}
	}

	/**
	 * Settings with a quiet period of 300 ms and a longest delay of 5 s.
	 * @param watchedFiles the patterns, with {@code ;} between; may be empty
	 * @param pollingInterval time from one scan to the next where the operating system
	 * does not notify
	 * @throws IllegalArgumentException if one is out of range, or a pattern is none; the
	 * message names the setting
	 */
	public static WatchSettings of(String watchedFiles, Duration pollingInterval) {
		return new WatchSettings(List.of(watchedFiles), pollingInterval, QUIET_PERIOD, MAX_DELAY);
	}

}
