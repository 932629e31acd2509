package io.iisnode.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import io.iisnode.process.RapidFailSnapshot;

/**
 * The protection against crash loops as the endpoint describes it.
 *
 * @param state <code>ALLOWED</code>, <code>SUSPENDED</code>, <code>TRYING</code> or
 * <code>RECOVERED</code>
 * @param recentFailures unexpected ends and failed starts within the window
 * @param limit how many of them suspend starting; 0: no number does
 * @param nextTry when a process is started again, as ISO 8601 tells a time; null if
 * starting is not suspended
 */
@JsonInclude
public record RapidFailDescriptor(String state, int recentFailures, int limit, @Nullable String nextTry) {

	static RapidFailDescriptor of(RapidFailSnapshot rapidFail) {
		return new RapidFailDescriptor(rapidFail.state().name(), rapidFail.recentFailures(), rapidFail.limit(),
				(rapidFail.nextTry() != null) ? rapidFail.nextTry().toString() : null);
	}

}
