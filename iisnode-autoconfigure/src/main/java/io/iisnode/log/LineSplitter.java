package io.iisnode.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines, whatever pieces they arrive in. Memory is bounded: a line longer
 * than 8 KiB is given out in pieces, cut between characters. For one thread.
 */
final class LineSplitter {

	static final int MAX_LINE = 8 * 1024;

	private final Consumer<String> lines;

	private byte[] line = new byte[256];

	private int length;

	LineSplitter(Consumer<String> lines) {
		this.lines = lines;
	}

	void append(byte[] bytes, int count) {
		for (int i = 0; i < count; i++) {
			if (bytes[i] == '\n') {
				giveOut((this.length > 0 && this.line[this.length - 1] == '\r') ? this.length - 1 : this.length);
				this.length = 0;
			}
			else {
				append(bytes[i]);
			}
		}
	}

	private void append(byte value) {
		if (this.length == MAX_LINE) {
			int end = Utf8.boundary(this.line, 0, this.length);
			giveOut(end);
			System.arraycopy(this.line, end, this.line, 0, this.length - end);
			this.length -= end;
		}
		if (this.length == this.line.length) {
			this.line = Arrays.copyOf(this.line, 2 * this.length);
		}
		this.line[this.length++] = value;
	}

	/**
	 * The stream has ended: gives out the last line if it has no line end.
	 */
	void end() {
		if (this.length > 0) {
			giveOut(this.length);
			this.length = 0;
		}
	}

	private void giveOut(int end) {
		this.lines.accept(new String(this.line, 0, end, StandardCharsets.UTF_8));
	}

}
