package io.iisnode.process;

import java.nio.file.Path;

/**
 * Tells that the script of an application does not exist.
 */
public class ScriptNotFoundException extends ProcessStartException {

	/**
	 * Creates the exception.
	 * @param application name of the application
	 * @param script where it was looked for
	 */
	public ScriptNotFoundException(String application, Path script) {
		super("The script '" + script + "' of application '" + application
				+ "' does not exist. Put it there, or set iisnode.root or the script of the application", false, null,
				null, "", null);
	}

}
