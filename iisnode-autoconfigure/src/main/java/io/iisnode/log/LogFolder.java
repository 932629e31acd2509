package io.iisnode.log;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

import lombok.extern.slf4j.Slf4j;

/**
 * A folder of log files, one object for all processes and applications of this JVM that
 * write to it. Makes room before it creates a file: removes those written longest ago,
 * whichever process they are from, until the new one, grown to its limit, fits into the
 * quotas. Files that this JVM still writes, and files with other names, are never
 * removed.
 * <p>
 * Safe for several threads. Its lock is held while the disk works, so only threads that
 * may wait for that disk come here.
 */
@Slf4j
final class LogFolder {

	/** Never forgotten: they are small, and no more than there are applications. */
	private static final Map<Path, LogFolder> FOLDERS = new ConcurrentHashMap<>();

	private final Path path;

	private final Set<Path> open = new HashSet<>();

	private final LogIndex index;

	private LogFolder(Path path) {
		this.path = path;
		this.index = new LogIndex(path, this::open);
	}

	/**
	 * Creates a file, and its folder if that is missing.
	 * @param settings the folder's quotas
	 * @param path the folder
	 * @param firstMillis time to put into the name; a later one is used if it is taken
	 * @param name makes the name from the time
	 * @param opener opens the file
	 * @return the file, to be closed by the caller
	 * @throws IOException if the file system refuses
	 */
	static OpenLogFile create(LogSettings settings, Path path, long firstMillis, LongFunction<String> name,
			FileOpener opener) throws IOException {
		return FOLDERS.computeIfAbsent(realPath(Files.createDirectories(path)), LogFolder::new)
			.create(settings, firstMillis, name, opener);
	}

	/** One object for one folder, whatever links lead to it. */
	private static Path realPath(Path path) {
		try {
			return path.toRealPath();
		}
		catch (IOException ex) {
			log.debug("Some virtual drives do not tell the real path of {}", path, ex);
			return path.toAbsolutePath().normalize();
		}
	}

	private synchronized OpenLogFile create(LogSettings settings, long firstMillis, LongFunction<String> name,
			FileOpener opener) throws IOException {
		makeRoom(settings);
		for (long millis = firstMillis;; millis++) {
			Path file = this.path.resolve(name.apply(millis));
			try {
				OpenLogFile created = new OpenLogFile(this, file, opener);
				this.open.add(file);
				this.index.writeSoon();
				return created;
			}
			catch (FileAlreadyExistsException ex) {
				log.trace("{} is taken", file);
			}
		}
	}

	private void makeRoom(LogSettings settings) throws IOException {
		List<LogFile> files = LogFile.list(this.path);
		long size = settings.fileLimit() + files.stream().mapToLong(LogFile::size).sum();
		int count = 1 + files.size();
		for (LogFile file : files.stream().sorted(LogFile.OLDEST_FIRST).toList()) {
			if (size <= settings.maxTotalSize() && count <= settings.maxFiles()) {
				return;
			}
			if (!this.open.contains(file.path()) && remove(file.path())) {
				size -= file.size();
				count--;
			}
		}
	}

	private boolean remove(Path file) {
		try {
			Files.deleteIfExists(file);
			return true;
		}
		catch (IOException ex) {
			log.debug("{} stays: somebody else may have it open", file, ex);
			return false;
		}
	}

	/**
	 * A file is no longer written.
	 * @param file the file
	 * @param last whether nothing follows, so that the index had better be right now
	 */
	void closed(Path file, boolean last) {
		synchronized (this) {
			this.open.remove(file);
		}
		if (last) {
			this.index.write();
		}
		else {
			this.index.writeSoon();
		}
	}

	private synchronized Set<Path> open() {
		return Set.copyOf(this.open);
	}

}
