package io.iisnode.actuate;

import java.time.Duration;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.iisnode.process.ProcessSnapshot;

/**
 * A process as the endpoint describes it.
 *
 * @param pid process id
 * @param state its state
 * @param generation generation of the application that it belongs to
 * @param activeRequests requests that it works on
 * @param maxConcurrentRequests limit of those
 * @param totalRequests requests that it has been given so far
 * @param startedAt when it was started, as ISO 8601 tells a time
 * @param pipe path of its pipe
 * @param memory resident memory in bytes, null until reported
 * @param cpuTime time of processors in milliseconds that it has used since its start,
 * null until reported
 * @param eventLoopDelay mean delay of its event loop in milliseconds, null until reported
 * @param upgradedRequests how many of the active requests have become WebSockets or
 * something else that is not HTTP
 */
@JsonInclude
public record ProcessDescriptor(long pid, String state, int generation, int activeRequests, int maxConcurrentRequests,
		long totalRequests, String startedAt, String pipe, @Nullable Long memory, @Nullable Long cpuTime,
		@Nullable Double eventLoopDelay, int upgradedRequests) implements OperationResponseBody {

	static ProcessDescriptor of(ProcessSnapshot process) {
		return new ProcessDescriptor(process.pid(), process.state().name(), process.generation(),
				process.activeRequests(), process.maxConcurrentRequests(), process.totalRequests(),
				process.startedAt().toString(), process.pipe(), process.memory(), millis(process.cpuTime()),
				process.eventLoopDelay(), process.upgradedRequests());
	}

	private static @Nullable Long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : null;
	}

}
