package io.iisnode.process;

import org.jspecify.annotations.Nullable;

/**
 * Tells that a process did not come to listen.
 */
public class ProcessStartException extends RuntimeException {

	private final boolean configuration;

	private final @Nullable String commandLine;

	private final @Nullable Integer exitCode;

	private final String lastWords;

	/**
	 * Creates the exception.
	 * @param message what happened and what to do
	 * @param configuration whether only a change of the settings can help, so that trying
	 * again is of no use
	 * @param commandLine the command line, null if there was none
	 * @param exitCode exit code, null if the process has none
	 * @param lastWords the end of its stderr, may be empty
	 * @param cause the cause, may be null
	 */
	public ProcessStartException(String message, boolean configuration, @Nullable String commandLine,
			@Nullable Integer exitCode, String lastWords, @Nullable Throwable cause) {
		super(message, cause);
		this.configuration = configuration;
		this.commandLine = commandLine;
		this.exitCode = exitCode;
		this.lastWords = lastWords;
	}

	/**
	 * Whether only a change of the settings can help.
	 * @return true for example if the executable does not exist
	 */
	public boolean isConfiguration() {
		return this.configuration;
	}

	/**
	 * The command line that was run.
	 * @return the command line, null if none was
	 */
	public @Nullable String commandLine() {
		return this.commandLine;
	}

	/**
	 * The exit code.
	 * @return null if the process did not exit by itself
	 */
	public @Nullable Integer exitCode() {
		return this.exitCode;
	}

	/**
	 * What the process wrote to stderr at last.
	 * @return the text, may be empty
	 */
	public String lastWords() {
		return this.lastWords;
	}

}
