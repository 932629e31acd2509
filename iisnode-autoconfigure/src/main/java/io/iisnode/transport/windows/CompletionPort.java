package io.iisnode.transport.windows;

import java.io.IOException;

/**
 * Where the ends of overlapped operations arrive. Whose thread waits there is not decided
 * here: an event loop of our own does ({@link CompletionPortIoHandler}), but a completion
 * thread in front of other event loops would need nothing more than this.
 * <p>
 * Confined to that thread, but for {@link #wakeup()}.
 */
interface CompletionPort {

	/**
	 * Opens a pipe whose operations end here. Does not wait: if no instance of the pipe
	 * is free, it fails.
	 * @param name name of the pipe
	 * @return the client's end
	 * @throws IOException if there is no such pipe, or it is busy
	 */
	NativePipe open(String name) throws IOException;

	/**
	 * Waits, and calls the completions of what has ended.
	 * @param millis longest wait; 0 does not wait, negative waits until something happens
	 * @return how many operations have ended
	 */
	int await(long millis);

	/**
	 * Ends a wait, or the next one. Any thread.
	 */
	void wakeup();

	/**
	 * Waits for what is still pending, then gives the port back. To be called when all
	 * pipes are closed.
	 */
	void close();

}
