package io.iisnode.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is to be run.
 *
 * @param arguments executable and arguments
 * @param directory working directory
 * @param environment variables added to those of the host
 */
public record ProcessCommand(List<String> arguments, Path directory, Map<String, String> environment) {

	/**
	 * Creates the command.
	 */
	public ProcessCommand {
		arguments = List.copyOf(arguments);
		environment = Map.copyOf(environment);
	}

	/**
	 * The command line for people.
	 * @return executable and arguments, quoted where they hold blanks
	 */
	public String display() {
		StringBuilder text = new StringBuilder();
		for (String argument : this.arguments) {
			text.append((text.length() > 0) ? " " : "");
			text.append(argument.contains(" ") ? '"' + argument + '"' : argument);
		}
		return text.toString();
	}

}
