package io.iisnode.process;

import java.io.File;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How a process ended.
 *
 * @param pid its process id; 0 if it could not be launched
 * @param generation generation of the application that it belonged to
 * @param reason why, in short
 * @param cause why in words: why it never listened, or why the host ended it; null if it
 * ended by itself or nothing more is known
 * @param code exit code; for an end by a signal, 128 plus its number on Unix; -1 if it
 * could not be launched
 * @param startedAt when its launch began
 * @param endedAt when its end was seen
 * @param totalRequests requests that it had been given
 * @param lastWords the end of its stderr, may be empty
 */
public record ProcessExit(long pid, int generation, ExitReason reason, @Nullable String cause, int code,
		Instant startedAt, Instant endedAt, long totalRequests, String lastWords) {

	private static final int SIGNAL_BASE = 128;

	private static final int LAST_SIGNAL = 64;

	private static final Map<Integer, String> SIGNALS = Map.of(1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6,
			"SIGABRT", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM");

	/**
	 * Whether the host had told it to end.
	 * @return false if it ended by itself or never listened
	 */
	public boolean isExpected() {
		return this.reason == ExitReason.RECYCLE;
	}

	/**
	 * The code in words.
	 * @return for example <code>exit code 1</code> or <code>signal 9 (SIGKILL)</code>
	 */
	public String inWords() {
		return inWords(this.code);
	}

	static String inWords(int code) {
		Integer signal = signal(code);
		if (signal == null) {
			return "exit code " + code;
		}
		String name = SIGNALS.get(signal);
		return "signal " + signal + ((name != null) ? " (" + name + ")" : "");
	}

	/**
	 * The signal that ended it, as the exit code tells.
	 * @return its number; null if the code is not that of a signal, as always on Windows.
	 * A process may also exit with such a code by itself
	 */
	public @Nullable Integer signal() {
		return signal(this.code);
	}

	private static @Nullable Integer signal(int code) {
		// There are no such exit codes on Windows but those that an application chooses.
		boolean possible = code > SIGNAL_BASE && code <= SIGNAL_BASE + LAST_SIGNAL && File.separatorChar == '/';
		return possible ? (Integer) (code - SIGNAL_BASE) : null;
	}

	/**
	 * The last words in lines.
	 * @return lines without their ends, the last one last; empty if it said nothing
	 */
	public List<String> lastLines() {
		return this.lastWords.isBlank() ? List.of() : this.lastWords.stripTrailing().lines().toList();
	}

}
