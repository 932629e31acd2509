package io.iisnode.application;

import java.nio.file.Path;
import java.util.List;

/**
 * What an application is: a script, the URL patterns that lead to it, its settings.
 *
 * @param name unique name, as in the actuator
 * @param script absolute path of the entry file; it need not exist yet
 * @param arguments arguments of the script
 * @param directory absolute path of the folder that its processes run in, where logs and
 * watched files are found
 * @param paths URL patterns routed to it, e.g. <code>/shop/**</code>; may be empty
 * @param settings its settings
 */
public record ApplicationDefinition(String name, Path script, List<String> arguments, Path directory,
		List<String> paths, ApplicationSettings settings) {

	/**
	 * Creates the definition.
	 * @throws IllegalArgumentException if the name is blank or the script is not absolute
	 */
	public ApplicationDefinition {
		arguments = List.copyOf(arguments);
		paths = List.copyOf(paths);
		if (name.isBlank()) {
			throw new IllegalArgumentException("An application needs a name");
		}
		if (!script.isAbsolute()) {
			throw new IllegalArgumentException(
					"The script of application '" + name + "' must be an absolute path, not '" + script + "'");
		}
	}

	/**
	 * Creates the definition of a script without arguments that runs in its own folder.
	 * @param name unique name, as in the actuator
	 * @param script absolute path of the entry file; it need not exist yet
	 * @param paths patterns of URLs routed to it; may be empty
	 * @param settings its settings
	 * @throws IllegalArgumentException if the name is blank or the script is not absolute
	 */
	public ApplicationDefinition(String name, Path script, List<String> paths, ApplicationSettings settings) {
		this(name, script, List.of(), folderOf(script), paths, settings);
	}

	private static Path folderOf(Path script) {
		Path folder = script.getParent();
		return (folder != null) ? folder : script;
	}

}
