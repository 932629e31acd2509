package io.iisnode.log;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Reads one stream of a process until it ends, so that node never waits for a full pipe,
 * and gives what it reads to the tail, the files and the listener.
 */
@Slf4j
final class StreamLog implements Runnable {

	private static final int READ_SIZE = 64 * 1024;

	private final LogStream stream;

	private final InputStream in;

	private final @Nullable LogFileSink sink;

	private final @Nullable LineSplitter lines;

	private final TailBuffer tail = new TailBuffer();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private boolean listenerFailed;

	StreamLog(LogStream stream, InputStream in, @Nullable LogFileSink sink, @Nullable LogListener listener) {
		this.stream = stream;
		this.in = in;
		this.sink = sink;
		this.lines = (listener != null) ? new LineSplitter((line) -> tell(listener, line)) : null;
	}

	private void tell(LogListener listener, String line) {
		try {
			listener.line(this.stream, line);
		}
		catch (RuntimeException ex) {
			if (!this.listenerFailed) {
				this.listenerFailed = true;
				log.warn("A listener to the {} of node failed on a line; this is told once", this.stream.label(), ex);
			}
		}
	}

	@Override
	public void run() {
		try (InputStream open = this.in) {
			byte[] bytes = new byte[READ_SIZE];
			for (int length = open.read(bytes); length >= 0; length = open.read(bytes)) {
				if (!this.ended.isDone()) {
					accept(bytes, length);
				}
			}
		}
		catch (IOException ex) {
			log.debug("The {} of node ended by an error, as it does when the host closes it", this.stream.label(), ex);
		}
		finally {
			if (this.lines != null && !this.ended.isDone()) {
				this.lines.end();
			}
			end();
		}
	}

	private void accept(byte[] bytes, int length) {
		this.tail.append(bytes, length);
		if (this.sink != null) {
			this.sink.put(bytes, length);
		}
		if (this.lines != null) {
			this.lines.append(bytes, length);
		}
	}

	/**
	 * Takes no more output; what the process still prints is read and thrown away.
	 */
	void end() {
		if (this.sink != null) {
			this.sink.end();
		}
		this.ended.complete(null);
	}

	CompletableFuture<Void> ended() {
		return this.ended;
	}

	TailBuffer tail() {
		return this.tail;
	}

}
