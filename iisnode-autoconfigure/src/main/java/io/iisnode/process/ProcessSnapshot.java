package io.iisnode.process;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a process looks like at one moment.
 *
 * @param pid process id; 0 while it is being launched
 * @param state its state
 * @param generation generation of the application that it belongs to
 * @param activeRequests requests that it works on
 * @param maxConcurrentRequests limit of those
 * @param totalRequests requests that it has been given so far
 * @param startedAt when its launch began
 * @param pipe path of its pipe
 * @param memory resident memory in bytes, null until reported
 * @param cpuTime time of processors that it has used since its start, null until reported
 * @param eventLoopDelay mean delay of its event loop in milliseconds, null until reported
 * @param upgradedRequests how many of the active requests have become WebSockets or
 * something else that is not HTTP
 */
public record ProcessSnapshot(long pid, NodeProcessState state, int generation, int activeRequests,
		int maxConcurrentRequests, long totalRequests, Instant startedAt, String pipe, @Nullable Long memory,
		@Nullable Duration cpuTime, @Nullable Double eventLoopDelay, int upgradedRequests) {
}
