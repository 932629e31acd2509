package io.iisnode.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Passes what a process prints on to the logger <code>iisnode.&lt;application&gt;</code>,
 * line by line: standard output at level INFO, standard error at WARN, the process id
 * before the text and, with the names of application and stream, in the MDC.
 * <p>
 * Loggers may block, so that a thread of its own calls them, for as long as there is
 * something to log. What waits is bounded; lines beyond that are dropped and counted, so
 * that neither node nor memory suffers from a slow one. A line longer than 8 KiB arrives
 * in pieces of that length.
 */
public final class LogForwarder implements LogListener {

	/** Prefix of the names of the loggers. */
	public static final String LOGGER_PREFIX = "iisnode.";

	static final String MDC_APPLICATION = "iisnode.application";

	static final String MDC_PID = "iisnode.pid";

	static final String MDC_STREAM = "iisnode.stream";

	static final int MAX_LINES = 1024;

	static final int MAX_CHARACTERS = 256 * 1024;

	private final Logger logger;

	private final String application;

	private final String pid;

	private final Executor executor;

	private final Deque<Line> waiting = new ArrayDeque<>();

	private int characters;

	/** Lines dropped since the last one that waits. */
	private long dropped;

	private long totalDropped;

	/** Whether a thread is at work or has been called. */
	private boolean attended;

	/**
	 * Creates the forwarder of one process.
	 * @param application name of its application
	 * @param pid its process id
	 */
	public LogForwarder(String application, long pid) {
		this(LoggerFactory.getLogger(LOGGER_PREFIX + application), application, pid, LogThreads.WRITERS);
	}

	LogForwarder(Logger logger, String application, long pid, Executor executor) {
		this.logger = logger;
		this.application = application;
		this.pid = Long.toString(pid);
		this.executor = executor;
	}

	@Override
	public void line(LogStream stream, String line) {
		if (!isEnabled(stream)) {
			return;
		}
		synchronized (this.waiting) {
			if (this.waiting.size() >= MAX_LINES || this.characters + line.length() > MAX_CHARACTERS) {
				this.dropped++;
				this.totalDropped++;
				return;
			}
			this.waiting.addLast(new Line(stream, line, this.dropped));
			this.characters += line.length();
			this.dropped = 0;
			if (this.attended) {
				return;
			}
			this.attended = true;
		}
		callWriter();
	}

	private boolean isEnabled(LogStream stream) {
		return (stream == LogStream.STDERR) ? this.logger.isWarnEnabled() : this.logger.isInfoEnabled();
	}

	private void callWriter() {
		try {
			this.executor.execute(this::logAll);
		}
		catch (OutOfMemoryError ex) {
			// No thread: the next line tries again.
			synchronized (this.waiting) {
				this.attended = false;
			}
		}
	}

	private void logAll() {
		try {
			MDC.put(MDC_APPLICATION, this.application);
			MDC.put(MDC_PID, this.pid);
			for (Line line = take(); line != null; line = take()) {
				log(line);
			}
		}
		finally {
			MDC.remove(MDC_APPLICATION);
			MDC.remove(MDC_PID);
			MDC.remove(MDC_STREAM);
		}
	}

	private @Nullable Line take() {
		synchronized (this.waiting) {
			Line line = this.waiting.pollFirst();
			if (line != null) {
				this.characters -= line.length();
				return line;
			}
			if (this.dropped > 0) {
				// Nothing came after them.
				line = new Line(LogStream.STDERR, null, this.dropped);
				this.dropped = 0;
				return line;
			}
			this.attended = false;
			return null;
		}
	}

	private void log(Line line) {
		try {
			MDC.put(MDC_STREAM, line.stream().label());
			if (line.droppedBefore() > 0) {
				this.logger.warn("[{}] {} lines were not logged, because the logger is too slow", this.pid,
						line.droppedBefore());
			}
			if (line.text() == null) {
				return;
			}
			if (line.stream() == LogStream.STDERR) {
				this.logger.warn("[{}] {}", this.pid, line.text());
			}
			else {
				this.logger.info("[{}] {}", this.pid, line.text());
			}
		}
		catch (RuntimeException ex) {
			// A logger that fails is not asked to log that.
			synchronized (this.waiting) {
				this.totalDropped++;
			}
		}
	}

	/**
	 * Lines that were dropped so far, or that the logger refused.
	 * @return their number
	 */
	public long dropped() {
		synchronized (this.waiting) {
			return this.totalDropped;
		}
	}

	/**
	 * What waits.
	 *
	 * @param stream where it was printed
	 * @param text the line; null: only lines that were dropped
	 * @param droppedBefore how many were dropped before it
	 */
	private record Line(LogStream stream, @Nullable String text, long droppedBefore) {

		int length() {
			return (this.text != null) ? this.text.length() : 0;
		}

	}

}
