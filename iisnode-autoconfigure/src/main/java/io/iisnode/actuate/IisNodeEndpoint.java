package io.iisnode.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.process.RecycleReason;

/**
 * {@link Endpoint} that shows the Node applications and recycles them. Unless access is
 * widened, it only shows.
 */
@Endpoint(id = "iisnode", defaultAccess = Access.READ_ONLY)
public final class IisNodeEndpoint {

	private static final String RECYCLE = "recycle";

	private static final String EXITS = "exits";

	private static final String PROCESSES = "processes";

	private final NodeApplicationManager manager;

	/**
	 * Creates the endpoint.
	 * @param manager knows the applications
	 */
	public IisNodeEndpoint(NodeApplicationManager manager) {
		this.manager = manager;
	}

	/**
	 * Shows all applications.
	 * @return the applications
	 */
	@ReadOperation
	public ApplicationsDescriptor applications() {
		return new ApplicationsDescriptor(this.manager.applications()
			.stream()
			.map((application) -> ApplicationDescriptor.of(application.snapshot()))
			.toList());
	}

	/**
	 * Shows one application.
	 * @param application its name
	 * @return the application, null if there is none of that name
	 */
	@ReadOperation
	public @Nullable ApplicationDescriptor application(@Selector String application) {
		NodeApplication found = this.manager.find(application);
		return (found != null) ? ApplicationDescriptor.of(found.snapshot()) : null;
	}

	/**
	 * Shows one side of an application.
	 * @param application its name
	 * @param view what to show: <code>exits</code>, how its last processes ended
	 * @return what was asked for, null if there is no such application or view
	 */
	@ReadOperation
	public @Nullable OperationResponseBody view(@Selector String application, @Selector String view) {
		NodeApplication found = this.manager.find(application);
		if (found == null) {
			return null;
		}
		return switch (view) {
			case EXITS -> ExitsDescriptor.of(found.exits());
			default -> null;
		};
	}

	/**
	 * Shows one process of an application.
	 * @param application its name
	 * @param view always <code>processes</code>
	 * @param pid process id
	 * @return the process, null if the application has none of that id
	 */
	@ReadOperation
	public @Nullable ProcessDescriptor process(@Selector String application, @Selector String view,
			@Selector String pid) {
		NodeApplication found = this.manager.find(application);
		if (found == null || !PROCESSES.equals(view)) {
			return null;
		}
		return found.snapshot()
			.processes()
			.stream()
			.filter((process) -> process.pid() != 0 && Long.toString(process.pid()).equals(pid))
			.findFirst()
			.map(ProcessDescriptor::of)
			.orElse(null);
	}

	/**
	 * Does something to an application.
	 * @param application its name
	 * @param operation what to do: <code>recycle</code>
	 * @return the application thereafter, null if there is none of that name
	 * @throws InvalidEndpointRequestException if there is no such operation
	 */
	@WriteOperation
	public @Nullable ApplicationDescriptor operate(@Selector String application, String operation) {
		NodeApplication found = this.manager.find(application);
		if (found == null) {
			return null;
		}
		checkRecycle(operation);
		found.recycle(RecycleReason.ACTUATOR);
		return ApplicationDescriptor.of(found.snapshot());
	}

	/**
	 * Does something to one process.
	 * @param application name of its application
	 * @param view always <code>processes</code>
	 * @param pid its id
	 * @param operation what to do: <code>recycle</code>
	 * @return the process, null if there is none
	 * @throws InvalidEndpointRequestException if there is no such operation
	 */
	@WriteOperation
	public @Nullable ProcessDescriptor operateProcess(@Selector String application, @Selector String view,
			@Selector String pid, String operation) {
		NodeApplication found = this.manager.find(application);
		ProcessDescriptor process = process(application, view, pid);
		if (found == null || process == null) {
			return null;
		}
		checkRecycle(operation);
		return found.recycleProcess(process.pid(), RecycleReason.ACTUATOR) ? process : null;
	}

	private static void checkRecycle(String operation) {
		if (!RECYCLE.equals(operation)) {
			throw new InvalidEndpointRequestException("Unknown operation '" + operation + "'",
					"There is no operation '" + operation + "': it can only be '" + RECYCLE + "'");
		}
	}

}
