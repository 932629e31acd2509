package io.iisnode.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads log files in tests.
 */
final class LogFiles {

	private LogFiles() {
	}

	/**
	 * Everything in the folder, sorted by name.
	 */
	static List<Path> all(Path folder) {
		try (Stream<Path> entries = Files.list(folder)) {
			return entries.sorted().toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The log files of the folder, sorted by name.
	 */
	static List<Path> in(Path folder) {
		return all(folder).stream().filter((file) -> file.toString().endsWith(".txt")).toList();
	}

	/**
	 * All that a stream printed into this folder and that is still there.
	 */
	static String text(Path folder, LogStream stream) {
		return in(folder).stream()
			.filter((file) -> file.toString().contains("-" + stream.label() + "-"))
			.map(LogFiles::text)
			.collect(Collectors.joining());
	}

	static String text(Path file) {
		try {
			return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
		}
		catch (NoSuchFileException ex) {
			return "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static long size(Path folder) {
		return in(folder).stream().mapToLong((file) -> file.toFile().length()).sum();
	}

}
