package io.iisnode.transport;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * A folder for files of this host, which no other user may enter, among those of other
 * hosts. A host that is killed leaves its folder behind; the next one that makes a folder
 * there removes it.
 * <p>
 * Whether the host of a folder lives is told by a lock on a file in it, which the
 * operating system gives up when the host ends, however that comes. Numbers of processes
 * would not do: hosts in containers that share the folder do not see each other's. The
 * name of the file tells hosts of this JVM, which must not even open each other's: with
 * POSIX, closing any handle of a file ends all locks that the process has on it.
 */
@Slf4j
public final class PrivateFolder implements AutoCloseable {

	private static final String LOCK_PREFIX = "host-";

	/**
	 * Before it is locked, so that nobody takes it for that of a dead host.
	 */
	private static final String UNLOCKED_NAME = "new-host";

	private static final String THIS_JVM = LOCK_PREFIX + ProcessHandle.current().pid() + "-"
			+ ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

	private final Path path;

	private final UserPrincipal owner;

	private final FileChannel lock;

	private PrivateFolder(Path path, UserPrincipal owner, FileChannel lock) {
		this.path = path;
		this.owner = owner;
		this.lock = lock;
	}

	/**
	 * Makes a folder, and removes those of dead hosts of this user beside it. Blocks.
	 * @param parent where it is made; must exist
	 * @param prefix with which its name and those of the others begin
	 * @return the folder
	 * @throws IOException if it cannot be made
	 */
	public static PrivateFolder create(Path parent, String prefix) throws IOException {
		Path path = Files.createTempDirectory(parent, prefix, ownerOnly(parent));
		Path unlocked = path.resolve(UNLOCKED_NAME);
		FileChannel channel;
		try {
			channel = FileChannel.open(unlocked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
		}
		catch (IOException ex) {
			deleteAll(path);
			throw ex;
		}
		try {
			channel.lock();
			Files.move(unlocked, path.resolve(THIS_JVM));
		}
		catch (IOException ex) {
			log.debug("Files in {} cannot be locked: nobody will remove it but this host", path, ex);
		}
		PrivateFolder created = new PrivateFolder(path, Files.getOwner(path, LinkOption.NOFOLLOW_LINKS), channel);
		created.removeDead(parent, prefix);
		return created;
	}

	private static FileAttribute<?>[] ownerOnly(Path parent) {
		return parent.getFileSystem().supportedFileAttributeViews().contains("posix")
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_ONLY) } : new FileAttribute<?>[0];
	}

	/**
	 * The folder.
	 * @return its path
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * Makes the folder again if somebody has removed it, as cleaners of temporary folders
	 * do with what was not used for days. Blocks.
	 * @throws IOException if it cannot be made, or is another user's, or open to others
	 */
	public void restore() throws IOException {
		try {
			Files.createDirectory(this.path, ownerOnly(this.path));
			log.warn("Somebody has removed {}; it has been made again", this.path);
		}
		catch (FileAlreadyExistsException ex) {
			if (!Files.isDirectory(this.path, LinkOption.NOFOLLOW_LINKS)
					|| !Files.getOwner(this.path, LinkOption.NOFOLLOW_LINKS).equals(this.owner) || isOpenToOthers()) {
				throw new IOException("The folder '" + this.path + "' is no longer private", ex);
			}
		}
	}

	private boolean isOpenToOthers() throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(this.path, PosixFileAttributeView.class,
				LinkOption.NOFOLLOW_LINKS);
		return view != null && !OWNER_ONLY.containsAll(view.readAttributes().permissions());
	}

	private void removeDead(Path parent, String prefix) {
		try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, prefix + "*")) {
			for (Path folder : folders) {
				if (isOurs(folder)) {
					removeIfDead(folder);
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			log.debug("Cannot look for folders of dead hosts in {}", parent, ex);
		}
	}

	/**
	 * Whether it is a folder of this user. In a folder like that for temporary files,
	 * nobody else can replace it then.
	 */
	private boolean isOurs(Path folder) {
		try {
			return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
					&& Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(this.owner);
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

	private static void removeIfDead(Path folder) {
		Path lockFile = lockFile(folder);
		if (lockFile == null || lockFile.endsWith(THIS_JVM)) {
			return;
		}
		try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
			FileLock lock = channel.tryLock();
			if (lock == null) {
				return;
			}
			removeFiles(folder);
		}
		catch (IOException | OverlappingFileLockException ex) {
			log.debug("Cannot tell whether the host of {} lives", folder, ex);
			return;
		}
		deleteQuietly(lockFile);
		deleteQuietly(folder);
		log.info("Removed {}, which a host that did not end in order had left behind", folder);
	}

	private static @Nullable Path lockFile(Path folder) {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, LOCK_PREFIX + "*")) {
			for (Path file : files) {
				return file;
			}
			return null;
		}
		catch (IOException | RuntimeException ex) {
			log.debug("Cannot list {}", folder, ex);
			return null;
		}
	}

	/**
	 * Removes nothing but what a host puts into such a folder.
	 */
	private static void removeFiles(Path folder) throws IOException {
		for (Path file : list(folder)) {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			boolean isSocket = attributes.isOther();
			boolean isAgent = attributes.isRegularFile() && file.toString().endsWith(".cjs");
			if (isSocket || isAgent) {
				deleteQuietly(file);
			}
		}
	}

	private static List<Path> list(Path folder) throws IOException {
		List<Path> list = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
			files.forEach(list::add);
		}
		return list;
	}

	/**
	 * Deletes a file of the folder, and those whose names are its own and a suffix that
	 * begins with a dot. Blocks; does nothing if there is none.
	 * @param file the file
	 * @throws IllegalArgumentException if it is not in the folder
	 */
	public void delete(Path file) {
		if (!this.path.equals(file.getParent())) {
			throw new IllegalArgumentException("'" + file + "' is not in " + this.path);
		}
		deleteQuietly(file);
		try (DirectoryStream<Path> others = Files.newDirectoryStream(this.path, file.getFileName() + ".*")) {
			others.forEach(PrivateFolder::deleteQuietly);
		}
		catch (IOException | RuntimeException ex) {
			log.debug("Cannot list {}", this.path, ex);
		}
	}

	/**
	 * Removes the folder and the files in it. Blocks.
	 */
	@Override
	public void close() {
		try {
			this.lock.close();
		}
		catch (IOException ex) {
			log.debug("Cannot unlock {}", this.path, ex);
		}
		deleteAll(this.path);
	}

	private static void deleteAll(Path folder) {
		try {
			list(folder).forEach(PrivateFolder::deleteQuietly);
		}
		catch (IOException | RuntimeException ex) {
			log.debug("Cannot list {}", folder, ex);
		}
		deleteQuietly(folder);
	}

	private static void deleteQuietly(Path path) {
		try {
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			log.debug("Cannot delete {}", path, ex);
		}
	}

}
