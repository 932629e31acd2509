package io.iisnode.process;

import java.time.Instant;

/**
 * How a process ended.
 *
 * @param pid its process id
 * @param code exit code; for an end by a signal, 128 plus its number on Unix
 * @param expected whether we had told it to end
 * @param at when
 * @param lastWords the end of its stderr, may be empty
 */
public record ProcessExit(long pid, int code, boolean expected, Instant at, String lastWords) {

	/**
	 * The code in words.
	 * @return for example <code>exit code 1</code> or <code>signal 9</code>
	 */
	public String reason() {
		return (this.code > 128 && this.code < 128 + 65) ? "signal " + (this.code - 128) : "exit code " + this.code;
	}

}
