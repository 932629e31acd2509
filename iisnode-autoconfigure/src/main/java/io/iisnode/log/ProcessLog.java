package io.iisnode.log;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What one node process prints. Its standard output and standard error are read outside
 * of node, each by a daemon thread {@code iisnode-log-<pid>-<stdout|stderr>}, until they
 * end: so also what node itself prints is kept, such as fatal errors of V8, and node is
 * not concerned with files.
 * <p>
 * <b>Files.</b>
 * {@code <script folder>/<directory>/<host>-<pid>-<stdout|stderr>-<ms>.txt}, created when
 * the first byte arrives and written as it arrives, partial lines too. A file within its
 * limit is followed by the next one; the quotas of the folder hold whenever one is
 * created, for all processes together; until then each open file may grow to its own
 * limit. Files have the permissions that the folder and the host's umask give to any new
 * file: whoever may read the application's folder may read what the application prints.
 * An {@code index.html} in the folder lists them, a moment late.
 * <p>
 * <b>Failures.</b> Nothing here throws into the process or its host. A slow disk holds
 * node up for a short time, see below; what a disk refuses or is too slow for is dropped,
 * counted and marked by a line {@code [iisnode: 12345 bytes of output dropped]} in the
 * file. The first failure of a process is logged. Writing is tried again with the next
 * output.
 * <p>
 * <b>Bounds.</b> For each stream 64 KiB of last words and at most 512 KiB on the way to
 * the disk. Where node is faster than the disk, its streams are left unread for at most
 * half a second at once and a tenth of the time in the long run; meanwhile the event loop
 * of node waits (on Windows) or what it prints stays in its own memory (elsewhere).
 * <p>
 * <b>Lifetime.</b> Opened when the process is started, ended by the end of its streams. A
 * process that was asked to stop by {@link Process#destroy()} loses its last words,
 * because that closes the streams: use {@code process.toHandle().destroy()}. Where a
 * child of the process holds the streams open after its end, {@link #close()} ends the
 * log.
 */
public final class ProcessLog implements AutoCloseable {

	private static final int BUFFER_SIZE = 256 * 1024;

	private static final Duration LONGEST_HOLD = Duration.ofMillis(500);

	private final Map<LogStream, StreamLog> streams = new EnumMap<>(LogStream.class);

	private final Map<LogStream, LogFileSink> sinks = new EnumMap<>(LogStream.class);

	private final CompletableFuture<Void> flushed;

	private ProcessLog(Map<LogStream, StreamLog> streams, Map<LogStream, LogFileSink> sinks) {
		this.streams.putAll(streams);
		this.sinks.putAll(sinks);
		this.flushed = CompletableFuture.allOf(ended(), all(sinks, LogFileSink::written)).thenRun(this::closeFiles);
	}

	/**
	 * Begins to read the output of a process.
	 * @param settings what to keep; if logging is not enabled, the last words only
	 * @param scriptFolder folder of the script, in which the log folder is
	 * @param pid number of the process
	 * @param stdout what the process prints to standard output; closed at its end
	 * @param stderr what the process prints to standard error; closed at its end
	 * @return the log, already reading
	 */
	public static ProcessLog open(LogSettings settings, Path scriptFolder, long pid, InputStream stdout,
			InputStream stderr) {
		return open(settings, scriptFolder, pid, stdout, stderr, null);
	}

	/**
	 * Begins to read the output of a process.
	 * @param settings what to keep; if logging is not enabled, the last words only
	 * @param scriptFolder folder of the script, in which the log folder is
	 * @param pid number of the process
	 * @param stdout what the process prints to standard output; closed at its end
	 * @param stderr what the process prints to standard error; closed at its end
	 * @param listener hears each line, {@code null} if nobody does
	 * @return the log, already reading
	 */
	public static ProcessLog open(LogSettings settings, Path scriptFolder, long pid, InputStream stdout,
			InputStream stderr, @Nullable LogListener listener) {
		return open(settings, scriptFolder, pid, stdout, stderr, listener, InstantSource.system(), FileOpener.DISK,
				LONGEST_HOLD);
	}

	static ProcessLog open(LogSettings settings, Path scriptFolder, long pid, InputStream stdout, InputStream stderr,
			@Nullable LogListener listener, InstantSource clock, FileOpener opener, Duration longestHold) {
		Path folder = settings.folder(scriptFolder);
		LogFailure failure = new LogFailure(pid, folder);
		Map<LogStream, StreamLog> streams = new EnumMap<>(LogStream.class);
		Map<LogStream, LogFileSink> sinks = new EnumMap<>(LogStream.class);
		for (LogStream stream : LogStream.values()) {
			if (settings.enabled()) {
				LogFileWriter writer = new LogFileWriter(settings, folder,
						(millis) -> LogFile.name(HostName.get(), pid, stream, millis), failure, clock, opener);
				HoldBudget budget = new HoldBudget(longestHold, System::nanoTime);
				sinks.put(stream, new LogFileSink(new LogBuffer(BUFFER_SIZE, budget), writer));
			}
			InputStream in = (stream == LogStream.STDOUT) ? stdout : stderr;
			streams.put(stream, new StreamLog(stream, in, sinks.get(stream), listener));
		}
		ProcessLog log = new ProcessLog(streams, sinks);
		streams.forEach(
				(stream, reader) -> LogThreads.daemon(reader, "iisnode-log-" + pid + "-" + stream.label()).start());
		return log;
	}

	/**
	 * The files of a process are closed together: so a short last word on one stream is
	 * not the oldest file while much of the other one is still to be written.
	 */
	private void closeFiles() {
		this.sinks.values().forEach((sink) -> sink.writer().close());
	}

	/**
	 * The last words of a stream, up to 64 KiB, decoded as UTF-8 with malformed bytes
	 * replaced. Available while the process runs and after {@link #close()}, also if no
	 * files are written. Waits for nothing.
	 * @param stream which one
	 * @return the text; empty if nothing was printed
	 */
	public String tail(LogStream stream) {
		return log(stream).tail().text();
	}

	/**
	 * The same last words as {@link #tail(LogStream)}, cut into lines without line ends;
	 * a first line of which the beginning is lost is left out.
	 * @param stream which one
	 * @return the lines, the last one last; empty if nothing was printed
	 */
	public List<String> lastLines(LogStream stream) {
		return log(stream).tail().lines();
	}

	/**
	 * Waits until both streams have ended, after which the last words are complete. To be
	 * called when the process has exited, for which the streams follow within moments
	 * unless a child of it holds them. The files may be complete a little later, see
	 * {@link #flushed()}.
	 * @param timeout the longest wait
	 * @return whether they have ended; {@code false} also if the thread was interrupted,
	 * which it then still is
	 */
	public boolean awaitEnd(Duration timeout) {
		try {
			ended().get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException | TimeoutException ex) {
			return false;
		}
	}

	/**
	 * Completes when both streams have ended or this log is closed: the last words are
	 * complete. Never completes with an exception. Dependents run on a thread that read a
	 * stream, and may not block.
	 * @return a future that the caller may complete or cancel without effect on others
	 */
	public CompletableFuture<Void> ended() {
		return all(this.streams, StreamLog::ended);
	}

	/**
	 * Completes after {@link #ended()} when all output is in its files, or was dropped,
	 * and the files are closed. Not while a disk blocks. Never completes with an
	 * exception.
	 * @return a future that the caller may complete or cancel without effect on others
	 */
	public CompletableFuture<Void> flushed() {
		return this.flushed.copy();
	}

	private static <T> CompletableFuture<Void> all(Map<LogStream, T> all, Function<T, CompletableFuture<Void>> future) {
		return CompletableFuture.allOf(all.values().stream().map(future).toArray(CompletableFuture[]::new));
	}

	/**
	 * The last files of this process that still exist, at most {@code maxFiles} of each
	 * stream: first those of standard output, then those of standard error, each in the
	 * order of their creation. Looks at the disk.
	 * @return the files; none if nothing was printed or logging is not enabled
	 */
	public List<Path> files() {
		return this.sinks.values().stream().flatMap((sink) -> sink.writer().files().stream()).toList();
	}

	/**
	 * Bytes of output that did not get into a file, because the disk refused them or was
	 * too slow. Known when the writer came to that place.
	 * @param stream which one
	 * @return the number since the process started; 0 if logging is not enabled
	 */
	public long droppedBytes(LogStream stream) {
		LogFileSink sink = this.sinks.get(stream);
		return (sink != null) ? sink.writer().dropped() : 0;
	}

	/**
	 * Ends this log, if the end of the streams has not done so. Returns at once; what was
	 * read is still written, see {@link #flushed()}. What is printed later is read and
	 * thrown away, so that nobody who still prints is stopped by a full or broken pipe.
	 */
	@Override
	public void close() {
		this.streams.values().forEach(StreamLog::end);
	}

	private StreamLog log(LogStream stream) {
		StreamLog log = this.streams.get(stream);
		if (log == null) {
			throw new IllegalArgumentException("No stream " + stream);
		}
		return log;
	}

}
