package io.iisnode.application;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.iisnode.process.ProcessSnapshot;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.RapidFailSnapshot;

/**
 * What an application looks like at one moment.
 *
 * @param name its name
 * @param script path of its entry file
 * @param state its state
 * @param generation number of the generation that takes new requests
 * @param pendingRequests requests that wait for a process
 * @param maxPendingRequests limit of those
 * @param activeRequests requests that processes work on
 * @param totalRequests requests given to processes so far
 * @param rejectedRequests requests refused so far because the queue was full or the wait
 * too long
 * @param recycles recycles so far, of the whole application or of one of its processes
 * @param rapidFail whether its processes may be started
 * @param failedGeneration the generation that should have replaced the current one but
 * did not start, null if the last recycle went well
 * @param startFailure why no process takes requests although some were started, null if
 * one does or nothing has failed since one did
 * @param processes its processes, those of old generations last
 */
public record ApplicationSnapshot(String name, String script, NodeApplicationState state, int generation,
		int pendingRequests, int maxPendingRequests, int activeRequests, long totalRequests, long rejectedRequests,
		long recycles, RapidFailSnapshot rapidFail, @Nullable FailedGeneration failedGeneration,
		@Nullable ProcessStartException startFailure, List<ProcessSnapshot> processes) {
}
