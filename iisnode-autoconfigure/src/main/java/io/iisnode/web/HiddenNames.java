package io.iisnode.web;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Locale;

/**
 * Names of folders and files that are never run or served by path. Small and capital
 * letters are the same, as they are to some file systems. Thread-safe.
 */
final class HiddenNames {

	private final List<PathMatcher> matchers;

	/**
	 * Creates the names.
	 * @param globs glob patterns of single names
	 */
	HiddenNames(List<String> globs) {
		this.matchers = globs.stream()
			.map((glob) -> FileSystems.getDefault().getPathMatcher("glob:" + glob.toLowerCase(Locale.ROOT)))
			.toList();
	}

	/**
	 * Whether a name is hidden.
	 * @param name a single name
	 */
	boolean contains(String name) {
		Path lowerCase = Path.of(name.toLowerCase(Locale.ROOT));
		for (PathMatcher matcher : this.matchers) {
			if (matcher.matches(lowerCase)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a path leads through a hidden folder or to a hidden file.
	 * @param relative a path below the root
	 */
	boolean hide(Path relative) {
		for (Path name : relative) {
			if (contains(name.toString())) {
				return true;
			}
		}
		return false;
	}

}
