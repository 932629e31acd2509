package io.iisnode.application;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.iisnode.process.ProcessContext;
import io.iisnode.process.ProcessServices;
import io.iisnode.transport.PipeConnector;
import io.iisnode.watch.FileWatcher;
import io.iisnode.watch.WatchSettings;

/**
 * Makes applications that share pipes, threads and agent. Thread-safe.
 */
public final class NodeApplicationFactory {

	private final ProcessServices services;

	private final FileWatcher watcher;

	/**
	 * Creates the factory.
	 * @param services what all processes share
	 * @param watcher tells that files of an application have changed
	 */
	public NodeApplicationFactory(ProcessServices services, FileWatcher watcher) {
		this.services = services;
		this.watcher = watcher;
	}

	/**
	 * Makes an application, and watches its files; nothing is started. Blocks for file
	 * system calls.
	 * @param definition what it is
	 * @return the application; whoever made it disposes of it
	 */
	public NodeApplication create(ApplicationDefinition definition) {
		ApplicationSettings settings = definition.settings();
		PipeConnector connector = new PipeConnector(this.services.transport(), settings.exchange().initialBufferSize());
		NodeApplication application = new NodeApplication(definition,
				new ProcessContext(definition.name(), definition.script(), settings.process(), settings.connection(),
						settings.log(), connector, this.services));
		watch(application, settings.watch());
		return application;
	}

	private void watch(NodeApplication application, @Nullable WatchSettings settings) {
		Path script = application.definition().script();
		Path folder = script.getParent();
		if (settings != null && folder != null) {
			// Our own log would recycle the application that writes it.
			Path log = application.definition().settings().log().folder(folder);
			application
				.watchedBy(this.watcher.watch(settings, folder, script, List.of(log), application::filesChanged));
		}
	}

}
