package io.iisnode.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How the node processes of an application are started, loaded and ended.
 *
 * @param command the node executable and arguments that stand before ours
 * (<code>node-process-command-line</code>), split; never empty
 * @param arguments arguments for node, before the script
 * (<code>node-process-arguments</code>)
 * @param processCount processes of the application
 * (<code>node-process-count-per-application</code>), 1 or more
 * @param minProcessCount processes that are kept ready
 * (<code>min-process-count-per-application</code>), at most as many as there may be
 * @param maxConcurrentRequests active requests per process
 * (<code>max-concurrent-requests-per-process</code>), 1 or more
 * @param activation whether all processes start together
 * (<code>process-activation</code>)
 * @param selection who gets the next request (<code>process-selection</code>)
 * @param startupTimeout from the start of a process until it listens
 * (<code>startup-timeout</code>)
 * @param gracefulShutdownTimeout how long a process may finish what it has
 * (<code>graceful-shutdown-timeout</code>); zero ends it at once
 * @param nodeEnv value of <code>NODE_ENV</code>; empty leaves the host's
 * @param environment environment variables of the application
 * @param idleTimeout time without a request after which processes beyond the minimum are
 * ended (<code>idle-process-timeout</code>); null: never
 * @param limits what a process may use up
 */
public record ProcessSettings(List<String> command, List<String> arguments, int processCount, int minProcessCount,
		int maxConcurrentRequests, ProcessActivation activation, ProcessSelection selection, Duration startupTimeout,
		Duration gracefulShutdownTimeout, String nodeEnv, Map<String, String> environment,
		@Nullable Duration idleTimeout, ProcessLimits limits) {

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ProcessSettings {
		command = List.copyOf(command);
		arguments = List.copyOf(arguments);
		environment = Map.copyOf(environment);
		if (command.isEmpty() || command.get(0).isBlank()) {
			throw new IllegalArgumentException("node-process-command-line must name the node executable");
		}
		if (processCount < 1) {
			throw new IllegalArgumentException(
					"node-process-count-per-application must be 0 (one per processor) or more, not " + processCount);
		}
		if (minProcessCount < 0 || minProcessCount > processCount) {
			throw new IllegalArgumentException("min-process-count-per-application must be between 0 and"
					+ " node-process-count-per-application, which is " + processCount + ", not " + minProcessCount);
		}
		if (maxConcurrentRequests < 1) {
			throw new IllegalArgumentException(
					"max-concurrent-requests-per-process must be 1 or more, not " + maxConcurrentRequests);
		}
		if (startupTimeout.isNegative() || startupTimeout.isZero()) {
			throw new IllegalArgumentException("startup-timeout must be positive, but is " + startupTimeout);
		}
		if (gracefulShutdownTimeout.isNegative()) {
			throw new IllegalArgumentException(
					"graceful-shutdown-timeout must not be negative, but is " + gracefulShutdownTimeout);
		}
		if (idleTimeout != null && (idleTimeout.isNegative() || idleTimeout.isZero())) {
			throw new IllegalArgumentException("idle-process-timeout must be positive, but is " + idleTimeout);
		}
	}

}
