package io.iisnode.process;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * What the agent reports of its process from time to time, on every operating system in
 * the same way.
 *
 * @param memory resident memory in bytes
 * @param cpuTime time of processors that it has used since its start
 * @param eventLoopDelay mean delay of its event loop in milliseconds
 * @param longestEventLoopDelay longest delay of its event loop since the last report, in
 * milliseconds
 */
record ProcessUsage(long memory, Duration cpuTime, double eventLoopDelay, double longestEventLoopDelay) {

	/**
	 * Refuses what cannot be.
	 * @throws NumberFormatException if a number is negative or none
	 */
	ProcessUsage {
		if (memory < 0 || !isDelay(eventLoopDelay) || !isDelay(longestEventLoopDelay)) {
			throw new NumberFormatException("Memory of " + memory + " and delays of " + eventLoopDelay + " and "
					+ longestEventLoopDelay + " cannot be");
		}
	}

	private static boolean isDelay(double value) {
		return value >= 0 && Double.isFinite(value);
	}

	/**
	 * Reads a message of the agent.
	 * @param message what it says; cpu times are in microseconds
	 * @throws NumberFormatException if it is not what the agent would say
	 */
	static ProcessUsage of(Map<String, String> message) {
		long cpuMicros = Long.parseLong(message.getOrDefault("cpuUser", "0"))
				+ Long.parseLong(message.getOrDefault("cpuSystem", "0"));
		return new ProcessUsage(Long.parseLong(message.getOrDefault("rss", "0")),
				Duration.of(cpuMicros, ChronoUnit.MICROS),
				Double.parseDouble(message.getOrDefault("eventLoopDelay", "0")),
				Double.parseDouble(message.getOrDefault("eventLoopDelayMax", "0")));
	}

}
