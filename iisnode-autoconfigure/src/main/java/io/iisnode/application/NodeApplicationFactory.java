package io.iisnode.application;

import io.iisnode.process.ProcessContext;
import io.iisnode.process.ProcessServices;
import io.iisnode.transport.PipeConnector;

/**
 * Makes applications that share pipes, threads and agent. Thread-safe.
 */
public final class NodeApplicationFactory {

	private final ProcessServices services;

	/**
	 * Creates the factory.
	 * @param services what all processes share
	 */
	public NodeApplicationFactory(ProcessServices services) {
		this.services = services;
	}

	/**
	 * Makes an application; nothing is started.
	 * @param definition what it is
	 * @return the application; whoever made it disposes of it
	 */
	public NodeApplication create(ApplicationDefinition definition) {
		ApplicationSettings settings = definition.settings();
		PipeConnector connector = new PipeConnector(this.services.transport(), settings.exchange().initialBufferSize());
		return new NodeApplication(definition, new ProcessContext(definition.name(), definition.script(),
				settings.process(), settings.connection(), settings.log(), connector, this.services));
	}

}
