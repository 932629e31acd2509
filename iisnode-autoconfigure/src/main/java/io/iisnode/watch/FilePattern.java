package io.iisnode.watch;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One pattern of the watched files. See {@link WatchSettings} for what it means.
 *
 * @param folder the folder in which the search starts, relative to the one of the script;
 * may be empty
 * @param recursive whether the search goes on in the folders below
 * @param path what a path relative to {@code folder} looks like, with {@code /} between
 * the segments
 * @param temporary whether temporary files may match
 * @param names the segments without wildcards, among which the folders are that a search
 * would pass over otherwise
 */
record FilePattern(Path folder, boolean recursive, Pattern path, boolean temporary, List<String> names) {

	private static final String ANY_FOLDERS = "**";

	private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*");

	private static final boolean CASE_MATTERS = !System.getProperty("os.name", "")
		.toLowerCase(Locale.ROOT)
		.matches("(windows|mac).*");

	/**
	 * Reads a pattern.
	 * @throws IllegalArgumentException if it is none; the message says why
	 */
	static FilePattern parse(String pattern) {
		String normalized = pattern.trim().replace('\\', '/');
		if (normalized.startsWith("/") || DRIVE.matcher(normalized).matches()) {
			throw invalid(pattern, "must be relative to the folder of the script");
		}
		if (normalized.isEmpty() || normalized.endsWith("/")) {
			throw invalid(pattern, "must end with the name of a file, which may have wildcards");
		}
		List<String> segments = Arrays.stream(normalized.split("/"))
			.filter((segment) -> !segment.isEmpty() && !segment.equals("."))
			.toList();
		if (segments.isEmpty() || segments.get(segments.size() - 1).equals("..")) {
			throw invalid(pattern, "must end with the name of a file, which may have wildcards");
		}
		int first = firstWithWildcard(segments);
		List<String> rest = segments.subList(first, segments.size());
		boolean recursive = rest.contains(ANY_FOLDERS);
		check(pattern, rest, recursive);
		String name = rest.get(rest.size() - 1);
		try {
			Path folder = Path.of("", segments.subList(0, first).toArray(String[]::new));
			if (!hasWildcard(name)) {
				folder.resolve(name);
			}
			return new FilePattern(folder, recursive, compile(rest),
					!hasWildcard(name) || TemporaryFiles.contains(name.replace("*", "x")),
					segments.stream().filter((segment) -> !hasWildcard(segment)).toList());
		}
		catch (InvalidPathException ex) {
			throw invalid(pattern, "is not a path: " + ex.getReason());
		}
	}

	private static int firstWithWildcard(List<String> segments) {
		int first = 0;
		while (first < segments.size() - 1 && !hasWildcard(segments.get(first))) {
			first++;
		}
		return first;
	}

	private static void check(String pattern, List<String> segments, boolean recursive) {
		if (segments.size() > 1 && !recursive) {
			throw invalid(pattern, "may have wildcards in its last segment only, unless one segment is **");
		}
		for (String segment : segments) {
			if (segment.contains(ANY_FOLDERS) && !segment.equals(ANY_FOLDERS)) {
				throw invalid(pattern, "may have ** only as a whole segment");
			}
			if (segment.equals("..")) {
				throw invalid(pattern, "may not have .. after a wildcard");
			}
		}
	}

	private static IllegalArgumentException invalid(String pattern, String reason) {
		return new IllegalArgumentException("watched-files: '" + pattern + "' " + reason);
	}

	private static boolean hasWildcard(String segment) {
		return segment.indexOf('*') >= 0 || segment.indexOf('?') >= 0;
	}

	private static Pattern compile(List<String> segments) {
		StringBuilder regex = new StringBuilder();
		for (int i = 0; i < segments.size(); i++) {
			boolean last = i == segments.size() - 1;
			if (segments.get(i).equals(ANY_FOLDERS)) {
				regex.append((last) ? ".+" : "(?:[^/]+/)*");
			}
			else {
				appendName(regex, (last && segments.get(i).equals("*.*")) ? "*" : segments.get(i));
				regex.append((last) ? "" : "/");
			}
		}
		return Pattern.compile(regex.toString(),
				Pattern.DOTALL | ((CASE_MATTERS) ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
	}

	private static void appendName(StringBuilder regex, String name) {
		for (char character : name.toCharArray()) {
			switch (character) {
				case '*' -> regex.append("[^/]*");
				case '?' -> regex.append("[^/]");
				default -> regex.append(Pattern.quote(String.valueOf(character)));
			}
		}
	}

	/**
	 * Whether a file is meant.
	 * @param relative its path relative to {@link #folder()}, with {@code /} between
	 * @param name its name
	 */
	boolean matches(String relative, String name) {
		return this.path.matcher(relative).matches() && (this.temporary || !TemporaryFiles.contains(name));
	}

	/**
	 * Whether the search goes on in a folder below.
	 * @param name name of that folder
	 */
	boolean descends(String name) {
		return this.recursive && ((!name.startsWith(".") && !name.equals("node_modules")) || this.names.contains(name));
	}

}
