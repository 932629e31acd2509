package io.iisnode.watch;

import java.util.regex.Pattern;

/**
 * Names of files that editors, browsers and file systems make while they work.
 */
final class TemporaryFiles {

	private static final Pattern NAMES = Pattern.compile(String.join("|", ".*~", // many
			".*\\.sw[a-z]", "4913", // vi: copy of the buffer, test whether one may write
			"\\.#.*", "#.*#", // emacs: lock, copy of the buffer
			".*___jb_(tmp|old)___", // editors of JetBrains
			"\\.goutputstream-.*", // GNOME
			"~\\$.*", "\\.~lock\\..*#", // office programs
			".*\\.(tmp|temp|part|partial|crdownload)", // transfers
			"\\.nfs[0-9a-f]+", "\\.fuse_hidden.*", // deleted, but still open
			"\\.DS_Store", "Thumbs\\.db"), Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private TemporaryFiles() {
	}

	/**
	 * Whether a file with this name is temporary.
	 */
	static boolean contains(String name) {
		return NAMES.matcher(name).matches();
	}

}
