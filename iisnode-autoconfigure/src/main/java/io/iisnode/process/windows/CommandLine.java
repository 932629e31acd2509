package io.iisnode.process.windows;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Command lines as programs on Windows take them apart: there is one string, not a list
 * of arguments ("Parsing C command-line arguments" in Microsoft's documentation).
 */
final class CommandLine {

	private static final String EXTENSION = ".exe";

	private CommandLine() {
	}

	/**
	 * Prepares arguments for {@link ProcessBuilder}, which quotes blanks but leaves
	 * quotes alone.
	 * @param arguments executable and arguments
	 * @param path value of <code>PATH</code>
	 * @return the executable, found, and arguments that arrive as they were
	 * @throws IOException if there is no such executable
	 */
	static List<String> of(List<String> arguments, String path) throws IOException {
		List<String> line = new ArrayList<>(arguments.size());
		line.add(find(arguments.get(0), path));
		arguments.subList(1, arguments.size()).forEach((argument) -> line.add(quote(argument)));
		return line;
	}

	/**
	 * Looks for an executable in <code>PATH</code>. Windows would look into the folder of
	 * the host application and into its working folder first, where others may write.
	 * @return the path, or the name as it was if it is a path already
	 * @throws IOException if it is in none of the folders
	 */
	static String find(String name, String path) throws IOException {
		if (name.contains("\\") || name.contains("/") || name.contains(":")) {
			return name;
		}
		for (String entry : path.split(File.pathSeparator)) {
			String folder = entry.replace("\"", "").strip();
			for (String fileName : fileNames(name)) {
				if (isExecutable(folder, fileName)) {
					return Path.of(folder, fileName).toString();
				}
			}
		}
		throw new IOException(name + " is in none of the folders of PATH");
	}

	/**
	 * Windows adds an extension to a name that has none.
	 */
	private static List<String> fileNames(String name) {
		if (name.toLowerCase(Locale.ROOT).endsWith(EXTENSION)) {
			return List.of(name);
		}
		return name.contains(".") ? List.of(name, name + EXTENSION) : List.of(name + EXTENSION);
	}

	private static boolean isExecutable(String folder, String fileName) {
		try {
			Path file = Path.of(folder, fileName);
			return !folder.isEmpty() && file.isAbsolute() && Files.isRegularFile(file);
		}
		catch (InvalidPathException ex) {
			// A broken entry of PATH is nothing that Windows would complain of.
			return false;
		}
	}

	/**
	 * Quotes an argument where it takes more than the JDK does: a backslash is literal
	 * unless it stands before a quote, also before the one at the end.
	 */
	static String quote(String argument) {
		boolean blank = argument.chars().anyMatch((c) -> c == ' ' || c == '\t');
		if (!argument.isEmpty() && argument.indexOf('"') < 0 && !(blank && argument.endsWith("\\"))) {
			return argument;
		}
		StringBuilder quoted = new StringBuilder("\"");
		int backslashes = 0;
		for (char c : argument.toCharArray()) {
			if (c == '\\') {
				backslashes++;
				continue;
			}
			quoted.append("\\".repeat((c == '"') ? 2 * backslashes + 1 : backslashes)).append(c);
			backslashes = 0;
		}
		return quoted.append("\\".repeat(2 * backslashes)).append('"').toString();
	}

}
