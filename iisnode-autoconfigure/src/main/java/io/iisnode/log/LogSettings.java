package io.iisnode.log;

import java.nio.file.Path;

/**
 * What is kept of the output of node processes, and where.
 *
 * @param enabled whether files are written; the last words are kept in memory in any case
 * @param forwarding whether each line also goes to a logger, also if no files are written
 * (<code>log-forwarding</code>)
 * @param directory folder of the files, relative to the folder of the script
 * @param maxFileSize bytes after which a stream goes on in a new file
 * @param maxTotalSize bytes that all log files of the folder may have together; also the
 * limit of one file where {@code maxFileSize} is larger
 * @param maxFiles number of log files that the folder may hold
 */
public record LogSettings(boolean enabled, boolean forwarding, Path directory, long maxFileSize, long maxTotalSize,
		int maxFiles) {

	private static final int KB = 1024;

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if one is out of range; the message names the
	 * setting
	 */
	public LogSettings {
		if (directory.toString().isBlank()) {
			throw new IllegalArgumentException("log-directory must not be empty");
		}
		atLeastOneKb("max-log-file-size-in-kb", maxFileSize);
		atLeastOneKb("max-total-log-file-size-in-kb", maxTotalSize);
		if (maxFiles < 1) {
			throw new IllegalArgumentException("max-log-files must be at least 1, but is " + maxFiles);
		}
	}

	/**
	 * Settings without forwarding.
	 * @param enabled whether files are written
	 * @param directory folder of the files
	 * @param maxFileSize bytes after which a stream goes on in a new file
	 * @param maxTotalSize bytes that all log files of the folder may have together
	 * @param maxFiles number of log files that the folder may hold
	 */
	public LogSettings(boolean enabled, Path directory, long maxFileSize, long maxTotalSize, int maxFiles) {
		this(enabled, false, directory, maxFileSize, maxTotalSize, maxFiles);
	}

	private static void atLeastOneKb(String setting, long bytes) {
		if (bytes < KB) {
			throw new IllegalArgumentException(
					setting + " must be at least 1 (1024 bytes), but is " + bytes + " bytes");
		}
	}

	/**
	 * Where the log files of a script go.
	 * @param scriptFolder folder of the script
	 * @return the folder, absolute; it need not exist
	 */
	public Path folder(Path scriptFolder) {
		return scriptFolder.resolve(this.directory).toAbsolutePath().normalize();
	}

	/**
	 * Bytes that one file may have.
	 * @return the smaller one of {@code maxFileSize} and {@code maxTotalSize}
	 */
	long fileLimit() {
		return Math.min(this.maxFileSize, this.maxTotalSize);
	}

}
