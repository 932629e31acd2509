package io.iisnode.log;

import java.util.concurrent.CompletableFuture;

import lombok.extern.slf4j.Slf4j;

/**
 * Takes the output of one stream to its files, on a thread that it has only while there
 * is something to write.
 */
@Slf4j
final class LogFileSink {

	private final LogBuffer buffer;

	private final LogFileWriter writer;

	private final CompletableFuture<Void> written = new CompletableFuture<>();

	LogFileSink(LogBuffer buffer, LogFileWriter writer) {
		this.buffer = buffer;
		this.writer = writer;
	}

	/**
	 * Called by the thread that reads the stream.
	 * @param bytes what it read, copied here
	 * @param length how many
	 */
	void put(byte[] bytes, int length) {
		if (this.buffer.put(bytes, length)) {
			callWriter();
		}
	}

	/**
	 * Nothing comes after this.
	 */
	void end() {
		if (this.buffer.end()) {
			callWriter();
		}
	}

	/**
	 * Completes when everything is in the files, or was dropped. The last file is still
	 * open then.
	 * @return the one future of this sink
	 */
	CompletableFuture<Void> written() {
		return this.written;
	}

	LogFileWriter writer() {
		return this.writer;
	}

	private void callWriter() {
		try {
			LogThreads.WRITERS.execute(this::write);
		}
		catch (OutOfMemoryError ex) {
			this.buffer.notAttended();
			log.debug("No thread to write the output of node", ex);
		}
	}

	private void write() {
		for (LogBuffer.Batch batch = this.buffer.take(); batch != null; batch = this.buffer.take()) {
			this.writer.write(batch.bytes(), batch.length(), batch.dropped());
			if (batch.last()) {
				this.written.complete(null);
				return;
			}
		}
	}

}
