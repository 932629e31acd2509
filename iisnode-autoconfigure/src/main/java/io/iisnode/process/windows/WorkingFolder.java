package io.iisnode.process.windows;

import java.io.File;
import java.nio.file.Path;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.WString;

/**
 * Working folders of processes. Windows lets files have long paths, but starts no process
 * in a folder whose path has 260 characters or more ("Maximum Path Length Limitation" in
 * Microsoft's documentation).
 */
final class WorkingFolder {

	/** Without a backslash at the end and the zero behind it. */
	private static final int MAX_LENGTH = 258;

	/** Turns the limit off, where a function heeds that. */
	private static final String LONG_PATH = "\\\\?\\";

	private static final String LONG_UNC_PATH = LONG_PATH + "UNC";

	/** The longest of all paths. */
	private static final int BUFFER_CHARS = 32 * 1024;

	private WorkingFolder() {
	}

	/**
	 * The folder, under its short name (8.3) if its own is too long.
	 * @param folder an existing folder
	 * @return as it was if it has no shorter name
	 */
	static File of(Path folder) {
		String path = folder.toAbsolutePath().normalize().toString();
		if (path.length() <= MAX_LENGTH) {
			return folder.toFile();
		}
		String shortPath = withoutPrefix(shortPath(withPrefix(path)));
		return (!shortPath.isEmpty() && shortPath.length() <= MAX_LENGTH) ? new File(shortPath) : folder.toFile();
	}

	private static String shortPath(String path) {
		try (Memory buffer = new Memory((long) BUFFER_CHARS * Native.WCHAR_SIZE)) {
			int length = Kernel32.GetShortPathNameW(new WString(path), buffer, BUFFER_CHARS);
			return (length > 0 && length < BUFFER_CHARS) ? buffer.getWideString(0) : "";
		}
	}

	static String withPrefix(String path) {
		if (path.startsWith(LONG_PATH)) {
			return path;
		}
		return path.startsWith("\\\\") ? LONG_UNC_PATH + path.substring(1) : LONG_PATH + path;
	}

	static String withoutPrefix(String path) {
		if (path.startsWith(LONG_UNC_PATH)) {
			return "\\" + path.substring(LONG_UNC_PATH.length());
		}
		return path.startsWith(LONG_PATH) ? path.substring(LONG_PATH.length()) : path;
	}

}
