package io.iisnode.application;

import java.nio.file.Path;
import java.util.List;

/**
 * What an application is: a script, the URL patterns that lead to it, its settings.
 *
 * @param name unique name, as in the actuator
 * @param script absolute path of the entry file; it need not exist yet
 * @param paths URL patterns routed to it, e.g. <code>/shop/**</code>; may be empty
 * @param settings its settings
 */
public record ApplicationDefinition(String name, Path script, List<String> paths, ApplicationSettings settings) {

	/**
	 * Creates the definition.
	 * @throws IllegalArgumentException if the name is blank or the script is not absolute
	 */
	public ApplicationDefinition {
		paths = List.copyOf(paths);
		if (name.isBlank()) {
			throw new IllegalArgumentException("An application needs a name");
		}
		if (!script.isAbsolute()) {
			throw new IllegalArgumentException(
					"The script of application '" + name + "' must be an absolute path, not '" + script + "'");
		}
	}

}
