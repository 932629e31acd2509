package io.iisnode.transport.unix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeAddressException;
import io.iisnode.transport.PrivateFolder;

/**
 * The private folder in which the sockets lie.
 */
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

	/**
	 * What node adds to the path of a pipe for further ones, which nobody uses:
	 * <code>.1</code> to <code>.9</code>.
	 */
	private static final int SIDE_PIPE = 2;

	private final PrivateFolder folder;

	private SocketDirectory(PrivateFolder folder) {
		this.folder = folder;
	}

	static SocketDirectory create(@Nullable Path parent, int nameLength) {
		// Absolute: node resolves it against the folder of its script.
		Path base = ((parent != null) ? parent : Path.of(System.getProperty("java.io.tmpdir"))).toAbsolutePath()
			.normalize();
		checkLength(base, nameLength);
		try {
			Files.createDirectories(base);
			return new SocketDirectory(PrivateFolder.create(base, PREFIX));
		}
		catch (IOException | UnsupportedOperationException ex) {
			throw new PipeAddressException("No private folder for Unix domain sockets can be made in '" + base
					+ "'. Set iisnode.pipe-directory to a folder that this process may write to: " + ex, ex);
		}
	}

	private static void checkLength(Path base, int nameLength) {
		int length = base.toString().getBytes(StandardCharsets.UTF_8).length + 1 + PREFIX.length() + MAX_SUFFIX + 1
				+ nameLength + SIDE_PIPE;
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
		return this.folder.path().resolve(name);
	}

	/**
	 * Sees to it that the folder is there, and private.
	 */
	void restore() throws IOException {
		this.folder.restore();
	}

	/**
	 * Deletes a socket, and those that its server has made beside it.
	 */
	void delete(Path socket) {
		this.folder.delete(socket);
	}

	void deleteAll() {
		this.folder.close();
	}

}
