package io.iisnode.log;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The bounded place between the thread that reads a stream and the thread that writes its
 * file. When it is full, the reader is held up for a short time, so that a burst that the
 * disk can take is not lost. If that does not help, what is read is dropped until the
 * writer has taken all that waits: node goes on, however slow the disk is, and memory is
 * bounded.
 * <p>
 * One reader and one writer at a time; {@link #end()} may come from any thread.
 */
final class LogBuffer {

	private static final int FIRST_SIZE = 1024;

	private final int capacity;

	private final HoldBudget budget;

	private byte[] bytes = new byte[0];

	private int size;

	/** Bytes dropped after those that wait; above 0 means that dropping goes on. */
	private long dropped;

	private boolean ended;

	/** Whether a writer is at work or has been called. */
	private boolean attended;

	LogBuffer(int capacity, HoldBudget budget) {
		this.capacity = capacity;
		this.budget = budget;
	}

	/**
	 * Called by the reader. May be held up, for as long as the budget allows.
	 * @param source what was read
	 * @param length its length
	 * @return whether a writer has to be called
	 */
	synchronized boolean put(byte[] source, int length) {
		if (this.ended || length == 0) {
			return false;
		}
		if (this.dropped > 0 || !awaitRoom(length)) {
			this.dropped += length;
		}
		else {
			ensureSize(this.size + length);
			System.arraycopy(source, 0, this.bytes, this.size, length);
			this.size += length;
		}
		return callWriter();
	}

	private boolean awaitRoom(int length) {
		if (hasRoom(length)) {
			return true;
		}
		long allowed = this.budget.begin();
		try {
			for (long left = allowed; left > 0 && !hasRoom(length)
					&& !this.ended; left = allowed - this.budget.elapsed()) {
				TimeUnit.NANOSECONDS.timedWait(this, left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.budget.end();
		}
		return hasRoom(length) && !this.ended;
	}

	private boolean hasRoom(int length) {
		return this.size + length <= this.capacity;
	}

	private void ensureSize(int wanted) {
		if (wanted > this.bytes.length) {
			int grown = Math.max(FIRST_SIZE, 2 * this.bytes.length);
			this.bytes = Arrays.copyOf(this.bytes, Math.min(this.capacity, Math.max(wanted, grown)));
		}
	}

	/**
	 * Nothing comes after this.
	 * @return whether a writer has to be called
	 */
	synchronized boolean end() {
		if (this.ended) {
			return false;
		}
		this.ended = true;
		notifyAll();
		return callWriter();
	}

	private boolean callWriter() {
		boolean call = !this.attended;
		this.attended = true;
		return call;
	}

	/**
	 * The writer could not be called: the next {@link #put} asks again.
	 */
	synchronized void notAttended() {
		this.attended = false;
	}

	/**
	 * Called by the writer until there is nothing, or the last one.
	 * @return all that waits, or {@code null} if nothing does: the writer must leave
	 */
	synchronized @Nullable Batch take() {
		if (this.size == 0 && this.dropped == 0 && !this.ended) {
			this.attended = false;
			return null;
		}
		boolean last = this.ended;
		Batch batch = new Batch(this.bytes, this.size, this.dropped, last);
		this.bytes = new byte[0];
		this.size = 0;
		this.dropped = 0;
		notifyAll();
		return batch;
	}

	/**
	 * What a writer writes at once.
	 *
	 * @param bytes the output, which nobody else uses any more
	 * @param length how many of these bytes
	 * @param dropped number of bytes that were dropped after them
	 * @param last whether nothing follows: the writer must leave
	 */
	record Batch(byte[] bytes, int length, long dropped, boolean last) {
	}

}
