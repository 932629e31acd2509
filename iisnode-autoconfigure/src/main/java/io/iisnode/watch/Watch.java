package io.iisnode.watch;

/**
 * The watch over the files of one script, from {@link FileWatcher#watch} on until it or
 * the file watcher is closed. Safe for use by several threads.
 */
public interface Watch extends AutoCloseable {

	/**
	 * Whether changes are found by polling, which takes up to the polling interval:
	 * because the files are on a network file system or in a container's layers, or
	 * because the operating system does not notify of all their folders. May change when
	 * the folder is exchanged for another one.
	 * @return false if the operating system notifies of changes
	 */
	boolean isPolling();

	/**
	 * Ends the watch and releases what it holds of the operating system. Does not wait,
	 * can be called by the listener, and again without effect. A notification that is
	 * under way on another thread may still arrive; no later one does.
	 */
	@Override
	void close();

}
