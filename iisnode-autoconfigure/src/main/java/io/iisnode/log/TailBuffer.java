package io.iisnode.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The last bytes of a stream, up to 64 KiB, in memory. Takes no more memory than was
 * printed. Safe for several threads.
 */
final class TailBuffer {

	static final int CAPACITY = 64 * 1024;

	private static final int FIRST_SIZE = 1024;

	private static final Pattern LINE_END = Pattern.compile("\r?\n");

	private byte[] ring = new byte[0];

	/** Bytes appended ever; the next one goes to this index modulo the size. */
	private long count;

	synchronized void append(byte[] bytes, int length) {
		int from = Math.max(0, length - CAPACITY);
		this.count += from;
		ensureRoom(length - from);
		while (from < length) {
			int at = (int) (this.count % this.ring.length);
			int step = Math.min(length - from, this.ring.length - at);
			System.arraycopy(bytes, from, this.ring, at, step);
			from += step;
			this.count += step;
		}
	}

	private void ensureRoom(int more) {
		long wanted = Math.min(CAPACITY, this.count + more);
		if (wanted > this.ring.length) {
			int size = Math.max(FIRST_SIZE, Integer.highestOneBit((int) wanted - 1) << 1);
			this.ring = Arrays.copyOf(this.ring, size);
		}
	}

	/**
	 * What is kept, as text. A character of which only the end is kept is left out.
	 * @return the text; empty if nothing was printed
	 */
	synchronized String text() {
		int length = (int) Math.min(CAPACITY, this.count);
		byte[] bytes = new byte[length];
		int start = (isCut()) ? (int) (this.count % CAPACITY) : 0;
		System.arraycopy(this.ring, start, bytes, 0, length - start);
		System.arraycopy(this.ring, 0, bytes, length - start, start);
		int from = 0;
		while (isCut() && from < 3 && Utf8.isContinuation(bytes[from])) {
			from++;
		}
		return new String(bytes, from, length - from, StandardCharsets.UTF_8);
	}

	/**
	 * What is kept, as lines without their ends. A first line of which only the end is
	 * kept is left out, unless there is no other.
	 * @return the lines; empty if nothing was printed
	 */
	synchronized List<String> lines() {
		String text = text();
		if (text.isEmpty()) {
			return List.of();
		}
		List<String> lines = List.of(LINE_END.split(text));
		return (isCut() && lines.size() > 1) ? lines.subList(1, lines.size()) : lines;
	}

	private boolean isCut() {
		return this.count > CAPACITY;
	}

}
