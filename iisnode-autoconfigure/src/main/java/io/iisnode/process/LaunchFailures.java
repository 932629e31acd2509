package io.iisnode.process;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Tells why a process could not be launched, or not be used: whether the settings are to
 * be corrected, or the system has no room for another process at the moment.
 */
final class LaunchFailures {

	/**
	 * Numbers of what the JDK reports: EAGAIN (also that of macOS), ENOMEM, ENFILE and
	 * EMFILE; on Windows too little memory, resources, quota, or room in the paging file,
	 * or an internal error of the system. Texts depend on the language of the system.
	 */
	private static final Pattern REFUSED = Pattern.compile("CreateProcess error=(8|14|1359|1450|1455|1816),"
			+ "|(?<!CreateProcess )error[=:] ?(11|12|23|24|35)\\b|resource temporarily unavailable"
			+ "|cannot allocate memory|too many open files", Pattern.CASE_INSENSITIVE);

	private LaunchFailures() {
	}

	/**
	 * The failure of a launch.
	 * @param command what was to be run, null if it had not come to that
	 * @param cause what was thrown
	 */
	static ProcessStartException of(ProcessContext context, @Nullable ProcessCommand command, Throwable cause) {
		boolean refused = isRefused(cause);
		String advice = refused
				? "The system refused another process: it is tried again, but there may be too little memory, or the"
						+ " limit of processes, threads or open files too low"
				: (cause instanceof IOException)
						? "Install Node.js, or set iisnode.node-process-command-line to an executable"
						: "Correct its command line or its environment";
		return new ProcessStartException(
				"Cannot run '" + context.settings().command().get(0) + "' for application '" + context.application()
						+ "'. " + advice + ": " + cause.getMessage(),
				!refused, (command != null) ? command.display() : null, null, "", cause);
	}

	/**
	 * The failure of an executable that is not fit for us.
	 */
	static ProcessStartException tooOld(ProcessContext context, @Nullable ProcessCommand command, String version) {
		return new ProcessStartException(
				"Node " + version + " is too old for application '" + context.application() + "': "
						+ NodeVersion.MINIMUM
						+ " or newer is needed. Set iisnode.node-process-command-line to a newer one",
				true, (command != null) ? command.display() : null, null, "", null);
	}

	/**
	 * Whether it is for want of something that may be there the next time: so is an
	 * error, as when no thread can be had.
	 */
	private static boolean isRefused(Throwable cause) {
		return cause instanceof Error || cause instanceof RejectedExecutionException
				|| (cause instanceof IOException && REFUSED.matcher(String.valueOf(cause.getMessage())).find());
	}

}
