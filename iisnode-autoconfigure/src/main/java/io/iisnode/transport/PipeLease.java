package io.iisnode.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The right to one exchange with a process: a slot, and the connections that go with it.
 */
public interface PipeLease {

	/**
	 * Takes an idle connection. On the given loop only.
	 * @param eventLoop the loop of the exchange
	 * @return a connection that had users before, or null if none is idle
	 */
	@Nullable PipeConnection reuse(EventLoop eventLoop);

	/**
	 * Makes a fresh connection, with retries.
	 * @param eventLoop the loop of the exchange
	 * @return the connection; notified on the loop
	 */
	Future<PipeConnection> open(EventLoop eventLoop);

	/**
	 * Gives back a connection on which nothing is outstanding. On its loop only; allowed
	 * after {@link #release()}.
	 * @param connection the connection
	 */
	void giveBack(PipeConnection connection);

	/**
	 * Asks for a call, at most once, on any thread, when the process will soon be ended
	 * by force although this exchange goes on, because the end of the grace is near; and
	 * when the host begins to stop. For an exchange that never ends by itself, such as a
	 * WebSocket or a stream of events, which then should do so. Only the last action
	 * counts; none is called after {@link #release()}.
	 * @param action must not block; called at once if that time has come already
	 */
	default void whenEnding(Runnable action) {
	}

	/**
	 * Like {@link #whenEnding}, but the stop of the host alone is no reason for the call:
	 * for an exchange that is long, but may well end by itself, such as a download.
	 * @param action must not block; called at once if that time has come already
	 */
	default void whenEndingByForce(Runnable action) {
	}

	/**
	 * Gives back the slot. Any thread; only the first call counts.
	 * @param complete whether the process has sent its whole response: that it has ended
	 * the connection then is no sign of trouble
	 */
	void release(boolean complete);

	/**
	 * Gives back the slot of an exchange that has not come to its regular end.
	 */
	default void release() {
		release(false);
	}

}
