package io.iisnode.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.iisnode.log.LogSettings;
import io.iisnode.transport.ConnectionSettings;
import io.iisnode.transport.PipeConnector;

/**
 * What the processes of one application have in common.
 *
 * @param application name of the application
 * @param script its entry file
 * @param arguments arguments of the script
 * @param directory working directory
 * @param settings processes
 * @param connectionSettings connections
 * @param logSettings captured output
 * @param connector makes connections
 * @param rapidFail counts their failures, and tells whether they may be started
 * @param exits how they ended
 * @param services shared by all applications
 */
public record ProcessContext(String application, Path script, List<String> arguments, Path directory,
		ProcessSettings settings, ConnectionSettings connectionSettings, LogSettings logSettings,
		PipeConnector connector, RapidFailProtection rapidFail, ExitHistory exits, ProcessServices services) {

	/**
	 * Looks whether the files are there. Blocks for file system calls.
	 * @return what is missing, null if nothing is
	 */
	@Nullable ProcessStartException missingFile() {
		if (!Files.isRegularFile(this.script)) {
			return new ScriptNotFoundException(this.application, this.script);
		}
		return Files.isDirectory(this.directory) ? null
				: new ProcessStartException(
						"The directory '" + this.directory + "' of application '" + this.application
								+ "' does not exist. Correct iisnode.applications." + this.application + ".directory",
						true, null, null, "", null);
	}

}
