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
	 * Gives back the slot. Any thread; only the first call counts.
	 */
	void release();

}
