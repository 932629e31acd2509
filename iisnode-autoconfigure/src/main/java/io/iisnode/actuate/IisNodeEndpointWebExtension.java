package io.iisnode.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension} of the {@link IisNodeEndpoint}: doing something to an
 * unknown application or process is answered with 404.
 */
@EndpointWebExtension(endpoint = IisNodeEndpoint.class)
public final class IisNodeEndpointWebExtension {

	private final IisNodeEndpoint endpoint;

	/**
	 * Creates the extension.
	 * @param endpoint does the work
	 */
	public IisNodeEndpointWebExtension(IisNodeEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Does something to an application.
	 * @param application its name
	 * @param operation what to do
	 * @return 200 with the application thereafter, or 404
	 */
	@WriteOperation
	public WebEndpointResponse<ApplicationDescriptor> operate(@Selector String application, String operation) {
		return found(this.endpoint.operate(application, operation));
	}

	/**
	 * Does something to one process.
	 * @param application name of its application
	 * @param view always <code>processes</code>
	 * @param pid its id
	 * @param operation what to do
	 * @return 200 with the process, or 404
	 */
	@WriteOperation
	public WebEndpointResponse<ProcessDescriptor> operateProcess(@Selector String application, @Selector String view,
			@Selector String pid, String operation) {
		return found(this.endpoint.operateProcess(application, view, pid, operation));
	}

	private static <T> WebEndpointResponse<T> found(@Nullable T result) {
		return (result != null) ? new WebEndpointResponse<>(result)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
