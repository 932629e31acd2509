package io.iisnode.log;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * A log file as it was when its folder was listed. Only what is named
 * {@code <host>-<pid>-<stdout|stderr>-<ms>.txt} is a log file.
 *
 * @param path the file
 * @param host name of the machine whose process printed it
 * @param pid number of that process
 * @param stream what it was printed to
 * @param createdAt when the file was made, from its name
 * @param size bytes
 * @param lastModified when something was written last
 */
@Slf4j
public record LogFile(Path path, String host, long pid, LogStream stream, Instant createdAt, long size,
		Instant lastModified) {

	private static final Pattern NAME = Pattern.compile("(.+)-(\\d{1,18})-(stdout|stderr)-(\\d{1,15})\\.txt");

	/** The one to remove first comes first. */
	static final Comparator<LogFile> OLDEST_FIRST = Comparator.comparing(LogFile::lastModified)
		.thenComparing(LogFile::createdAt)
		.thenComparing(LogFile::path);

	private static final Comparator<LogFile> NEWEST_FIRST = Comparator.comparing(LogFile::createdAt)
		.thenComparing(LogFile::path)
		.reversed();

	/**
	 * Lists the log files of a folder: of every process, also of those that have ended
	 * and of those of other hosts. Anything else in the folder is left out. Reads from
	 * the disk.
	 * @param folder the folder, see {@link LogSettings#folder(Path)}
	 * @return the files, those made last first; empty if there is no such folder
	 * @throws IOException if the folder cannot be read
	 */
	public static List<LogFile> list(Path folder) throws IOException {
		List<LogFile> files = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.txt")) {
			for (Path entry : entries) {
				LogFile file = read(entry);
				if (file != null) {
					files.add(file);
				}
			}
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			return List.of();
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		files.sort(NEWEST_FIRST);
		return files;
	}

	/**
	 * Name of the file, without its folder.
	 * @return the name
	 */
	public String name() {
		return this.path.getFileName().toString();
	}

	private static @Nullable LogFile read(Path path) {
		Matcher name = NAME.matcher(path.getFileName().toString());
		if (!name.matches()) {
			return null;
		}
		try {
			BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			return (attributes.isRegularFile()) ? new LogFile(path, name.group(1), Long.parseLong(name.group(2)),
					LogStream.of(name.group(3)), Instant.ofEpochMilli(Long.parseLong(name.group(4))), attributes.size(),
					attributes.lastModifiedTime().toInstant()) : null;
		}
		catch (IOException ex) {
			log.trace("{} is gone or, on Windows, about to go", path, ex);
			return null;
		}
	}

	static String name(String host, long pid, LogStream stream, long createdMillis) {
		return host + "-" + pid + "-" + stream.label() + "-" + createdMillis + ".txt";
	}

}
