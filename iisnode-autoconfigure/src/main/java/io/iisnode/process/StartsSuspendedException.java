package io.iisnode.process;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Tells that no process runs and none is started for a while, because too many have
 * failed.
 */
public class StartsSuspendedException extends ProcessStartException {

	private final Duration retryAfter;

	/**
	 * Creates the exception.
	 * @param message what happened
	 * @param retryAfter time until a process is started again
	 * @param last the last failure of a start, null if processes started but ended
	 * unexpectedly
	 * @param exit the last unexpected end of a process, null if none is known
	 */
	public StartsSuspendedException(String message, Duration retryAfter, @Nullable ProcessStartException last,
			@Nullable ProcessExit exit) {
		super(message, last != null && last.isConfiguration(), (last != null) ? last.commandLine() : null,
				(exit != null && exit.pid() != 0) ? (Integer) exit.code() : null,
				(exit != null) ? exit.lastWords() : "", null);
		this.retryAfter = retryAfter;
	}

	/**
	 * When the next try is.
	 * @return the time until then; zero if it is due
	 */
	public Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * Every request gets one, and it is thrown nowhere.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
