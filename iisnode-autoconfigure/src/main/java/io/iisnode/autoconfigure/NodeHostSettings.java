package io.iisnode.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What concerns the host as a whole, checked.
 *
 * @param root document root, absolute and normalised
 * @param handlers URL patterns that run a script by path
 * @param hiddenSegments glob patterns of folders and files that are never run, with those
 * of the log folders
 * @param maxApplications how many scripts found by path may be active at a time
 * @param order place among the handler mappings
 * @param threadCount I/O threads; 0: those of the web server
 * @param pipeDirectory where the folder for sockets is made; null: with the temporary
 * files
 * @param failFast whether a configured application that cannot start stops the start of
 * the host
 */
record NodeHostSettings(Path root, List<String> handlers, List<String> hiddenSegments, int maxApplications, int order,
		int threadCount, @Nullable Path pipeDirectory, boolean failFast) {

	NodeHostSettings {
		if (maxApplications < 0) {
			throw new IllegalArgumentException("max-applications must be 0 or more, not " + maxApplications);
		}
		if (threadCount < 0) {
			throw new IllegalArgumentException("async-completion-thread-count must be 0 or more, not " + threadCount);
		}
	}

	static NodeHostSettings of(IisNodeProperties properties, List<String> hiddenSegments) {
		if (properties.getRoot().isBlank()) {
			throw new IllegalArgumentException("root must name a folder: '.' is the working directory");
		}
		Path root = NodeSettingsConverter.path("root", properties.getRoot()).toAbsolutePath().normalize();
		return new NodeHostSettings(root, NodeSettingsConverter.patterns("handlers", properties.getHandlers()),
				NodeSettingsConverter.globs("hidden-segments", hiddenSegments), properties.getMaxApplications(),
				properties.getOrder(), properties.getAsyncCompletionThreadCount(),
				pipeDirectory(properties.getPipeDirectory()), properties.isFailFast());
	}

	private static @Nullable Path pipeDirectory(@Nullable String value) {
		return (value == null || value.isBlank()) ? null : NodeSettingsConverter.path("pipe-directory", value);
	}

}
