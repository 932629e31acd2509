package io.iisnode.process;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What the protection against crash loops looks like at one moment.
 *
 * @param state whether processes may be started
 * @param recentFailures unexpected ends and failed starts within the window
 * @param limit how many of them suspend starting; 0: no number does
 * @param nextTry when a process is started again; null if starting is not suspended
 * @param lastFailure the latest unexpected end or failed start, null if none is known
 */
public record RapidFailSnapshot(StartState state, int recentFailures, int limit, @Nullable Instant nextTry,
		@Nullable ProcessExit lastFailure) {

	/**
	 * Whether no process is started.
	 * @return true also while one is tried
	 */
	public boolean isSuspended() {
		return this.state == StartState.SUSPENDED || this.state == StartState.TRYING;
	}

}
