package io.iisnode.log;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import lombok.extern.slf4j.Slf4j;

/**
 * The {@code index.html} of a folder of log files: a static page that lists them, those
 * made last first. Readers see the old page or the new one, never a part. An
 * {@code index.html} that somebody else made is left alone. Failures are of no concern to
 * those who write logs.
 * <p>
 * Writing the page takes longer than writing a whole log file. So while files come and go
 * it is written a few times a second, and not by those who write them. Safe for several
 * threads.
 */
@Slf4j
final class LogIndex {

	private static final String NAME = "index.html";

	private static final String OURS = "<meta name=\"generator\" content=\"iisnode\">";

	private static final String HEAD = """
			<!DOCTYPE html>
			<html lang="en">
			<head>
			<meta charset="utf-8">
			%s
			<title>Node.js logs</title>
			<style>
			body { font-family: sans-serif; margin: 2em }
			td, th { padding: .2em 1em .2em 0; text-align: left }
			td.number { text-align: right }
			</style>
			</head>
			<body>
			<h1>Node.js logs</h1>
			<table>
			<tr><th>Created (UTC)</th><th>Process</th><th>Stream</th><th>Bytes</th><th>File</th></tr>
			""".formatted(OURS);

	private static final String ROW = "<tr><td>%s</td><td class=\"number\">%d</td><td>%s</td><td class=\"number\">%s</td>"
			+ "<td><a href=\"./%s\">%s</a></td></tr>\n";

	private static final String FOOT = """
			</table>
			</body>
			</html>
			""";

	private final Path folder;

	private final Supplier<Set<Path>> open;

	private final AtomicBoolean outdated = new AtomicBoolean();

	/**
	 * Describes the page, writes nothing yet.
	 * @param folder where it is
	 * @param open tells which files are still being written
	 */
	LogIndex(Path folder, Supplier<Set<Path>> open) {
		this.folder = folder;
		this.open = open;
	}

	/**
	 * Files have come or gone: writes the page within moments, on another thread.
	 */
	void writeSoon() {
		if (this.outdated.compareAndSet(false, true)) {
			LogThreads.SOON.execute(this::writeIfOutdated);
		}
	}

	private synchronized void writeIfOutdated() {
		if (this.outdated.get()) {
			write();
		}
	}

	/**
	 * Writes the page now. What was to be written soon is done by that.
	 */
	synchronized void write() {
		this.outdated.set(false);
		try {
			Path index = this.folder.resolve(NAME);
			if (mayReplace(index)) {
				replace(index);
			}
		}
		catch (IOException | RuntimeException ex) {
			log.debug("No {} in {}", NAME, this.folder, ex);
		}
	}

	private void replace(Path index) throws IOException {
		Path next = this.folder.resolve("." + NAME + "." + ProcessHandle.current().pid() + ".tmp");
		try {
			Files.deleteIfExists(next);
			Files.writeString(next, page(LogFile.list(this.folder), this.open.get()), StandardOpenOption.CREATE_NEW,
					StandardOpenOption.WRITE);
			move(next, index);
		}
		finally {
			Files.deleteIfExists(next);
		}
	}

	private static boolean mayReplace(Path index) throws IOException {
		try (InputStream in = Files.newInputStream(index)) {
			return new String(in.readNBytes(HEAD.length()), StandardCharsets.UTF_8).contains(OURS);
		}
		catch (NoSuchFileException ex) {
			return true;
		}
	}

	private static void move(Path from, Path to) throws IOException {
		try {
			Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (AtomicMoveNotSupportedException ex) {
			Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
		}
	}

	private static String page(List<LogFile> files, Set<Path> open) {
		StringBuilder page = new StringBuilder(HEAD);
		for (LogFile file : files) {
			String size = (open.contains(file.path())) ? "open" : String.valueOf(file.size());
			page.append(ROW.formatted(file.createdAt().truncatedTo(ChronoUnit.SECONDS), file.pid(),
					file.stream().label(), size, toUrl(file.name()), escape(file.name())));
		}
		return page.append(FOOT).toString();
	}

	private static String toUrl(String name) {
		return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;")
			.replace("<", "&lt;")
			.replace(">", "&gt;")
			.replace("\"", "&quot;")
			.replace("'", "&#39;");
	}

}
