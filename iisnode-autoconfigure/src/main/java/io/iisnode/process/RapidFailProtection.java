package io.iisnode.process;

import java.time.Duration;
import java.time.Instant;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an application whose processes fail again and again from being started again and
 * again: counts for all its generations, suspends starting, tells when the next try is.
 * Logs when that begins and when it is over. Thread-safe; never blocks.
 */
@Slf4j
public final class RapidFailProtection {

	private final String application;

	private final RapidFailSettings settings;

	private final StartBackoff backoff;

	private final ExitHistory exits;

	private volatile @Nullable ProcessStartException lastFailure;

	/**
	 * Whether the log says that starting is suspended.
	 */
	private volatile boolean told;

	/**
	 * Creates the protection of one application.
	 * @param application its name
	 * @param settings when starting is suspended
	 * @param exits how its processes ended
	 */
	public RapidFailProtection(String application, RapidFailSettings settings, ExitHistory exits) {
		this(application, settings, exits, new StartBackoff(settings));
	}

	RapidFailProtection(String application, RapidFailSettings settings, ExitHistory exits, StartBackoff backoff) {
		this.application = application;
		this.settings = settings;
		this.exits = exits;
		this.backoff = backoff;
	}

	/**
	 * Whether a process may be started because it is needed.
	 */
	boolean mayStart() {
		return this.backoff.mayStart();
	}

	/**
	 * Whether the log tells already that the application fails.
	 */
	boolean isTold() {
		return this.told;
	}

	/**
	 * A process has ended unexpectedly, or failed to start. A missing script is no
	 * failure of a process: none is started, and it may be there the next moment.
	 * @param failure why it did not start, null if it did
	 * @return the time after which {@link #tryAgain()} is to be called, null if it need
	 * not be
	 */
	@Nullable Duration failed(@Nullable ProcessStartException failure) {
		if (failure instanceof ScriptNotFoundException) {
			// A try has come to nothing, as there is nothing to start: not suspended.
			recovered(this.backoff.state() == StartState.TRYING && this.backoff.reset());
			return null;
		}
		this.lastFailure = failure;
		Duration delay = this.backoff.failed();
		if (delay != null && !this.told) {
			this.told = true;
			log.error("Application '{}' fails: {} of its processes ended unexpectedly or did not start within {} ms"
					+ " (iisnode.rapid-fail-limit, iisnode.rapid-fail-window). No more are started but one in {} ms,"
					+ " and then ever more seldom, until it works, its files change or it is recycled",
					this.application, this.settings.limit(), this.settings.window().toMillis(), delay.toMillis());
		}
		else if (delay != null) {
			log.debug("Application '{}' still fails; next try in {} ms", this.application, delay.toMillis());
		}
		return delay;
	}

	/**
	 * Asks whether one process is to be started now.
	 * @return true once, when the time has come
	 */
	boolean tryAgain() {
		return this.backoff.tryAgain();
	}

	/**
	 * A process listens.
	 */
	void ready() {
		recovered(this.backoff.ready());
	}

	private void recovered(boolean over) {
		if (over && this.told) {
			this.told = false;
			log.info("Application '{}' is started again when it is needed", this.application);
		}
	}

	/**
	 * Forgets all failures, as something has changed, and lets processes start at once.
	 * @return whether starting was suspended
	 */
	public boolean reset() {
		this.lastFailure = null;
		boolean suspended = this.backoff.reset();
		recovered(suspended);
		this.told = false;
		return suspended;
	}

	/**
	 * Why no process is started.
	 * @return the exception for requests; null if starting is not suspended
	 */
	@Nullable StartsSuspendedException suspension() {
		Duration delay = this.backoff.untilNextTry();
		if (delay == null) {
			return null;
		}
		ProcessStartException failure = this.lastFailure;
		ProcessExit exit = this.exits.lastFailure();
		String last = (failure != null) ? ". " + failure.getMessage()
				: (exit != null) ? ". The last one ended with " + exit.inWords() : "";
		return new StartsSuspendedException(
				"Application '" + this.application + "' is not started: " + this.settings.limit()
						+ " of its processes ended unexpectedly or did not start within "
						+ this.settings.window().toMillis() + " ms; next try in " + delay.toMillis() + " ms" + last,
				delay, failure, exit);
	}

	/**
	 * What it looks like.
	 * @return a snapshot
	 */
	public RapidFailSnapshot snapshot() {
		Duration delay = this.backoff.untilNextTry();
		return new RapidFailSnapshot(this.backoff.state(), this.backoff.recentFailures(), this.settings.limit(),
				(delay != null) ? Instant.now().plus(delay) : null, this.exits.lastFailure());
	}

}
