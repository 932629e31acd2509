package io.iisnode.actuate;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.iisnode.application.ApplicationSnapshot;

/**
 * An application as the endpoint describes it.
 *
 * @param name its name
 * @param script path of its entry file
 * @param state its state
 * @param generation number of the generation that takes new requests
 * @param pendingRequests requests that wait for a process
 * @param maxPendingRequests limit of those
 * @param activeRequests requests that processes work on
 * @param totalRequests requests given to processes so far
 * @param rejectedRequests requests refused so far
 * @param recycles recycles so far
 * @param rapidFail whether its processes may be started
 * @param failedGeneration the generation that should have replaced the current one but
 * did not start, null if the last recycle went well
 * @param processes its processes
 */
@JsonInclude
public record ApplicationDescriptor(String name, String script, String state, int generation, int pendingRequests,
		int maxPendingRequests, int activeRequests, long totalRequests, long rejectedRequests, long recycles,
		RapidFailDescriptor rapidFail, @Nullable FailedGenerationDescriptor failedGeneration,
		List<ProcessDescriptor> processes) implements OperationResponseBody {

	static ApplicationDescriptor of(ApplicationSnapshot application) {
		return new ApplicationDescriptor(application.name(), application.script(), application.state().name(),
				application.generation(), application.pendingRequests(), application.maxPendingRequests(),
				application.activeRequests(), application.totalRequests(), application.rejectedRequests(),
				application.recycles(), RapidFailDescriptor.of(application.rapidFail()),
				FailedGenerationDescriptor.of(application.failedGeneration()),
				application.processes().stream().map(ProcessDescriptor::of).toList());
	}

}
