package io.iisnode.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

import org.jspecify.annotations.Nullable;

/**
 * Writes the output of one stream into its files, one after the other, each within the
 * limit of size: cut at a line end if one is near, never inside a character. What the
 * file system refuses is dropped and counted; a line in the file says how much is
 * missing, where it is missing. Never throws.
 * <p>
 * The methods that write are for one thread at a time; the others for any thread.
 */
final class LogFileWriter {

	/** A line end this far before the limit is where the file ends. */
	private static final int NEAR = 8 * 1024;

	private final LogSettings settings;

	private final Path folder;

	private final LongFunction<String> name;

	private final LogFailure failure;

	private final InstantSource clock;

	private final FileOpener opener;

	/** The last files of this stream; guarded by itself. */
	private final Deque<Path> files = new ArrayDeque<>();

	private final AtomicLong dropped = new AtomicLong();

	private @Nullable OpenLogFile file;

	private long lastMillis;

	/** Whether the next byte begins a line. */
	private boolean lineStart = true;

	/** Dropped bytes that no line in a file tells yet. */
	private long unmarked;

	LogFileWriter(LogSettings settings, Path folder, LongFunction<String> name, LogFailure failure, InstantSource clock,
			FileOpener opener) {
		this.settings = settings;
		this.folder = folder;
		this.name = name;
		this.failure = failure;
		this.clock = clock;
		this.opener = opener;
	}

	/**
	 * Writes output, and a mark if some of it is missing.
	 * @param bytes the output
	 * @param length how many of the bytes
	 * @param missing bytes of output that are missing after these
	 */
	void write(byte[] bytes, int length, long missing) {
		int position = 0;
		boolean counted = false;
		try {
			leaveVanishedFile();
			writeMark();
			while (position < length) {
				position += writeSome(bytes, position, length);
			}
			drop(missing);
			counted = true;
			writeMark();
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			this.failure.report(ex);
			if (!counted) {
				drop(length - position + missing);
			}
		}
	}

	private void drop(long bytes) {
		this.unmarked += bytes;
		this.dropped.addAndGet(bytes);
	}

	private void leaveVanishedFile() throws IOException {
		if (this.file != null && !this.file.isThere()) {
			close(false);
		}
	}

	private void writeMark() throws IOException {
		if (this.unmarked == 0) {
			return;
		}
		String text = "[iisnode: " + this.unmarked + " bytes of output dropped]\n";
		byte[] mark = ((this.lineStart) ? text : "\n" + text).getBytes(StandardCharsets.UTF_8);
		for (int position = 0; position < mark.length;) {
			position += writeSome(mark, position, mark.length);
		}
		this.unmarked = 0;
	}

	/**
	 * Writes up to the next place where the file or one write ends.
	 */
	private int writeSome(byte[] bytes, int from, int to) throws IOException {
		OpenLogFile open = (this.file != null) ? this.file : create();
		int end = end(bytes, from, to, this.settings.fileLimit() - open.size());
		if (end == from) {
			close(false);
			return 0;
		}
		int written = open.write(bytes, from, end);
		if (written > 0) {
			this.lineStart = bytes[from + written - 1] == '\n';
		}
		return written;
	}

	/**
	 * Where the part ends that goes to the current file.
	 * @param bytes the output
	 * @param from where it begins
	 * @param to where it ends
	 * @param room bytes that the file may still take
	 * @return {@code from} if the file is to end before
	 */
	private int end(byte[] bytes, int from, int to, long room) {
		if (to - from + Utf8.missing(bytes, from, to) <= room) {
			return to;
		}
		int most = from + (int) Math.max(0, Math.min(room, to - from));
		long limit = this.settings.fileLimit();
		int near = (int) Math.min(NEAR, limit / 4);
		for (int end = most; end > from && end > most - near; end--) {
			if (bytes[end - 1] == '\n') {
				return end;
			}
		}
		boolean endsHere = this.lineStart && room < limit && room <= near;
		return (endsHere) ? from : Utf8.boundary(bytes, from, most);
	}

	private OpenLogFile create() throws IOException {
		this.lastMillis = Math.max(this.clock.millis(), this.lastMillis + 1);
		OpenLogFile created = LogFolder.create(this.settings, this.folder, this.lastMillis, this.name, this.opener);
		this.file = created;
		this.lineStart = true;
		synchronized (this.files) {
			this.files.addLast(created.path());
			if (this.files.size() > this.settings.maxFiles()) {
				this.files.removeFirst();
			}
		}
		return created;
	}

	/**
	 * Ends the last file.
	 */
	void close() {
		close(true);
	}

	private void close(boolean last) {
		OpenLogFile open = this.file;
		this.file = null;
		if (open != null) {
			open.close(last);
		}
	}

	/**
	 * Files of this stream that still exist, in the order of their creation. Looks at the
	 * disk.
	 * @return the files
	 */
	List<Path> files() {
		List<Path> created;
		synchronized (this.files) {
			created = List.copyOf(this.files);
		}
		return created.stream().filter(Files::exists).toList();
	}

	/**
	 * Bytes that did not get into a file.
	 * @return the number since the process started
	 */
	long dropped() {
		return this.dropped.get();
	}

}
