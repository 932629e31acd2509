package io.iisnode.actuate;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All applications as the endpoint describes them.
 *
 * @param applications the applications
 */
public record ApplicationsDescriptor(List<ApplicationDescriptor> applications) implements OperationResponseBody {
}
