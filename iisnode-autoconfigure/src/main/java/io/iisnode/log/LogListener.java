package io.iisnode.log;

/**
 * Hears what a process prints, line by line, for example to pass it on to a logger.
 */
@FunctionalInterface
public interface LogListener {

	/**
	 * A line was printed. Lines of one stream arrive in order, on the thread that reads
	 * that stream; the two streams have two threads. While this method runs, that stream
	 * is not read, and node waits once the pipe is full: it must not block. An exception
	 * is logged and otherwise ignored.
	 * @param stream where it was printed
	 * @param line the text without its line end, decoded as UTF-8, malformed bytes
	 * replaced; a line longer than 8 KiB arrives in pieces of at most that many bytes
	 */
	void line(LogStream stream, String line);

}
