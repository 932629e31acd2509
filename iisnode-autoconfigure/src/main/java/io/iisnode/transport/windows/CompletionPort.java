package io.iisnode.transport.windows;

import java.io.IOException;
import java.util.concurrent.Executor;

/**
 * Where the ends of overlapped operations arrive. Whose thread waits there is not decided
 * here: an event loop of our own ({@link CompletionPortIoHandler}) or a thread that hands
 * them to other event loops ({@link CompletionThread}).
 * <p>
 * Thread-safe but for {@link #await} and {@link #close}, which belong to the thread that
 * waits.
 */
interface CompletionPort {

	/**
	 * Opens a pipe whose operations end here. Does not wait: if no instance of the pipe
	 * is free, it fails.
	 * @param name name of the pipe
	 * @param owner runs what has to happen on the thread that uses the pipe
	 * @return the client's end
	 * @throws IOException if there is no such pipe, or it is busy
	 */
	NativePipe open(String name, Executor owner) throws IOException;

	/**
	 * Waits, and lets the owners call the completions of what has ended.
	 * @param millis longest wait; 0 does not wait, negative waits until something happens
	 * @return how many operations have ended
	 */
	int await(long millis);

	/**
	 * Ends a wait, or the next one. Any thread.
	 */
	void wakeup();

	/**
	 * Closes pipes that are still open, waits for what is pending, then gives the port
	 * back.
	 */
	void close();

}
