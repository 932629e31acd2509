package io.iisnode.web;

import java.io.File;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

/**
 * The file names that a URL path stands for.
 */
final class FileName {

	private static final boolean WINDOWS = File.separatorChar == '\\';

	/**
	 * Devices of Windows, in whatever folder and with whatever extension.
	 */
	private static final Pattern DEVICE = Pattern
		.compile("(?i)(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\\..*)?");

	private FileName() {
	}

	/**
	 * The name that a segment stands for.
	 * @param segment a segment of a URL path
	 * @return null for what is no plain name: it would lead elsewhere
	 */
	static @Nullable String of(PathContainer.PathSegment segment) {
		return hasParameters(segment) ? null : of(segment.valueToMatch(), WINDOWS);
	}

	/**
	 * Whether a segment has what may be parameters, if only their beginning.
	 */
	static boolean hasParameters(PathContainer.PathSegment segment) {
		return segment.value().indexOf(';') >= 0;
	}

	static @Nullable String of(String name, boolean windows) {
		boolean elsewhere = name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0
				|| name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0 || name.indexOf(':') >= 0;
		if (elsewhere || (windows && isOtherNameOnWindows(name))) {
			return null;
		}
		return name;
	}

	/**
	 * Windows drops dots and blanks at the end of a name, and takes some for devices.
	 */
	private static boolean isOtherNameOnWindows(String name) {
		return endsWithDotOrBlank(name) || DEVICE.matcher(name).matches();
	}

	private static boolean endsWithDotOrBlank(String name) {
		return name.endsWith(".") || name.endsWith(" ");
	}

	/**
	 * Whether a name is read in one way only, by whomever and on whatever file system. Of
	 * those that are not, {@link #loosely} tells the other.
	 * @param name a decoded segment
	 */
	static boolean isPlain(String name) {
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			boolean inner = i > 0 && i + 1 < name.length();
			if (!isLetterOrDigit(character) && character != '-' && character != '_' && (character != '.' || !inner)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isLetterOrDigit(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9');
	}

	/**
	 * The relative path that a forgiving file server may read in a URL path: encoded
	 * slashes and backslashes separate, parameters do not count, nor do dots and blanks
	 * at the end of a name and what follows a colon.
	 * @param path a URL path
	 * @return a path without a slash at the beginning; may have <code>.</code> and
	 * <code>..</code>
	 */
	static String loosely(PathContainer path) {
		StringBuilder decoded = new StringBuilder();
		for (PathContainer.Element element : path.elements()) {
			decoded.append((element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : "/");
		}
		StringBuilder loose = new StringBuilder();
		for (String name : decoded.toString().replace('\\', '/').split("/")) {
			String stripped = strip(name);
			if (!stripped.isEmpty()) {
				loose.append((loose.length() > 0) ? "/" : "").append(stripped);
			}
		}
		return loose.toString();
	}

	private static String strip(String name) {
		if (name.equals(".") || name.equals("..")) {
			return name;
		}
		int colon = name.indexOf(':');
		int end = (colon >= 0) ? colon : name.length();
		while (end > 0 && (name.charAt(end - 1) == '.' || name.charAt(end - 1) == ' ')) {
			end--;
		}
		return name.substring(0, end);
	}

}
