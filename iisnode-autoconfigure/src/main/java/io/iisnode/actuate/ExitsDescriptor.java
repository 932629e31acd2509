package io.iisnode.actuate;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.iisnode.process.ProcessExit;

/**
 * How the last processes of an application ended, as the endpoint describes it.
 *
 * @param exits the ends, the latest first
 */
public record ExitsDescriptor(List<ExitDescriptor> exits) implements OperationResponseBody {

	static ExitsDescriptor of(List<ProcessExit> exits) {
		return new ExitsDescriptor(exits.stream().map(ExitDescriptor::of).toList());
	}

}
