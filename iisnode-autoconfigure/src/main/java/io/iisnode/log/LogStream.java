package io.iisnode.log;

import java.util.Locale;

/**
 * The two streams that a process prints to.
 */
public enum LogStream {

	/**
	 * Standard output: {@code console.log}.
	 */
	STDOUT,

	/**
	 * Standard error: {@code console.error}, uncaught exceptions, fatal errors of V8.
	 */
	STDERR;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * Name of the stream as it stands in file names, in lower case.
	 * @return {@code stdout} or {@code stderr}
	 */
	public String label() {
		return this.label;
	}

	/**
	 * The stream of that label.
	 * @param label {@code stdout} or {@code stderr}
	 * @return the stream
	 * @throws IllegalArgumentException if there is no such stream
	 */
	public static LogStream of(String label) {
		for (LogStream stream : values()) {
			if (stream.label.equals(label)) {
				return stream;
			}
		}
		throw new IllegalArgumentException("No stream '" + label + "': it is stdout or stderr");
	}

}
