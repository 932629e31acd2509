package io.iisnode.application;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.iisnode.process.ExitHistory;
import io.iisnode.process.ExitListener;
import io.iisnode.process.ProcessContext;
import io.iisnode.process.ProcessServices;
import io.iisnode.process.RapidFailProtection;
import io.iisnode.transport.PipeConnector;
import io.iisnode.watch.FileWatcher;
import io.iisnode.watch.WatchSettings;

/**
 * Makes applications that share pipes, threads and agent. Thread-safe.
 */
public final class NodeApplicationFactory {

	private final ProcessServices services;

	private final FileWatcher watcher;

	private final ExitListener exitListener;

	/**
	 * Creates the factory.
	 * @param services what all processes share
	 * @param watcher tells that files of an application have changed
	 */
	public NodeApplicationFactory(ProcessServices services, FileWatcher watcher) {
		this(services, watcher, (application, exit) -> {
		});
	}

	/**
	 * Creates the factory.
	 * @param services what all processes share
	 * @param watcher tells that files of an application have changed
	 * @param exitListener hears of the end of each process
	 */
	public NodeApplicationFactory(ProcessServices services, FileWatcher watcher, ExitListener exitListener) {
		this.services = services;
		this.watcher = watcher;
		this.exitListener = exitListener;
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
		ExitHistory exits = new ExitHistory(definition.name(), this.exitListener);
		RapidFailProtection rapidFail = new RapidFailProtection(definition.name(), settings.rapidFail(), exits);
		NodeApplication application = new NodeApplication(definition,
				new ProcessContext(definition.name(), definition.script(), definition.arguments(),
						definition.directory(), settings.process(), settings.connection(), settings.log(), connector,
						rapidFail, exits, this.services));
		watch(application, settings.watch());
		return application;
	}

	private void watch(NodeApplication application, @Nullable WatchSettings settings) {
		if (settings != null) {
			ApplicationDefinition definition = application.definition();
			Path folder = definition.directory();
			// Our own log would recycle the application that writes it.
			Path log = definition.settings().log().folder(folder);
			RecycleTriggers triggers = application.triggers();
			triggers.watch(() -> this.watcher.watch(settings, folder, definition.script(), List.of(log),
					triggers::filesChanged));
		}
	}

}
