package io.iisnode.transport.unix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeAddressException;

/**
 * The private folder in which the sockets lie.
 */
@Slf4j
final class SocketDirectory {

	/**
	 * Longest path in bytes: <code>sun_path</code> has 108 on Linux (unix(7)), 104 on the
	 * BSDs and macOS. One is for the final NUL, and the JDK leaves another.
	 */
	private static final int LINUX_PATH_LIMIT = 106;

	private static final int BSD_PATH_LIMIT = 102;

	private static final String PREFIX = "iisnode-";

	/**
	 * Most characters that {@link Files#createTempDirectory} adds to a prefix. Its names
	 * differ in length, but a host must not start today and fail tomorrow.
	 */
	private static final int MAX_SUFFIX = 20;

	private final Path path;

	private SocketDirectory(Path path) {
		this.path = path;
	}

	static SocketDirectory create(@Nullable Path parent, int nameLength) {
		// Absolute: node resolves it against the folder of its script.
		Path base = ((parent != null) ? parent : Path.of(System.getProperty("java.io.tmpdir"))).toAbsolutePath()
			.normalize();
		checkLength(base, nameLength);
		try {
			Files.createDirectories(base);
			return new SocketDirectory(Files.createTempDirectory(base, PREFIX,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
		}
		catch (IOException | UnsupportedOperationException ex) {
			throw new PipeAddressException("No private folder for Unix domain sockets can be made in '" + base
					+ "'. Set iisnode.pipe-directory to a folder that this process may write to: " + ex, ex);
		}
	}

	private static void checkLength(Path base, int nameLength) {
		int length = base.toString().getBytes(StandardCharsets.UTF_8).length + 1 + PREFIX.length() + MAX_SUFFIX + 1
				+ nameLength;
		if (length > limit()) {
			throw new PipeAddressException("The paths of Unix domain sockets in '" + base + "' may have " + length
					+ " bytes, but this platform allows " + limit()
					+ ". Set iisnode.pipe-directory, or the system property java.io.tmpdir,"
					+ " to a folder with a shorter path.");
		}
	}

	private static int limit() {
		return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux") ? LINUX_PATH_LIMIT
				: BSD_PATH_LIMIT;
	}

	Path resolve(String name) {
		return this.path.resolve(name);
	}

	void delete(Path socket) {
		if (!this.path.equals(socket.getParent())) {
			throw new IllegalArgumentException("'" + socket + "' is not in " + this.path);
		}
		deleteQuietly(socket);
	}

	void deleteAll() {
		try (DirectoryStream<Path> sockets = Files.newDirectoryStream(this.path)) {
			sockets.forEach(SocketDirectory::deleteQuietly);
		}
		catch (IOException ex) {
			log.debug("Cannot list {}", this.path, ex);
		}
		deleteQuietly(this.path);
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
