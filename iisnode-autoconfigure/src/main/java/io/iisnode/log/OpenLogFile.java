package io.iisnode.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * A log file that is being written. From its creation until {@link #close(boolean)} its
 * folder does not remove it. Nothing is buffered. After a failed write, the next one
 * opens the file anew: so neither a full disk nor a lost network share leaves a heap of
 * empty files. For one thread at a time.
 */
@Slf4j
final class OpenLogFile {

	/** Keeps the direct buffers small that the JDK keeps for each thread. */
	private static final int MAX_WRITE = 16 * 1024;

	private final LogFolder folder;

	private final Path path;

	private final FileOpener opener;

	private @Nullable WritableByteChannel channel;

	private final @Nullable Object key;

	private long size;

	/**
	 * Creates the file.
	 * @param folder its folder
	 * @param path the file
	 * @param opener opens it
	 * @throws java.nio.file.FileAlreadyExistsException if that file exists
	 * @throws IOException if it cannot be created
	 */
	OpenLogFile(LogFolder folder, Path path, FileOpener opener) throws IOException {
		this.folder = folder;
		this.path = path;
		this.opener = opener;
		this.channel = opener.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
				StandardOpenOption.APPEND);
		this.key = readKey();
	}

	private @Nullable Object readKey() {
		try {
			return readAttributes().fileKey();
		}
		catch (IOException ex) {
			log.debug("{} has no key", this.path, ex);
			return null;
		}
	}

	Path path() {
		return this.path;
	}

	long size() {
		return this.size;
	}

	/**
	 * Whether the file that is being written is still the one of that name, and not
	 * removed meanwhile. Refreshes the size.
	 * @return {@code false} if the output would go nowhere
	 * @throws IOException if the disk does not tell
	 */
	boolean isThere() throws IOException {
		try {
			BasicFileAttributes attributes = readAttributes();
			this.size = attributes.size();
			return this.key == null || this.key.equals(attributes.fileKey());
		}
		catch (NoSuchFileException | AccessDeniedException ex) {
			log.trace("{} is gone or, on Windows, about to go", this.path, ex);
			return false;
		}
	}

	private BasicFileAttributes readAttributes() throws IOException {
		return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Appends some of these bytes.
	 * @param bytes the output
	 * @param from where to begin
	 * @param to where to end at the latest
	 * @return how many were written
	 * @throws IOException if it failed; nothing was written then
	 */
	int write(byte[] bytes, int from, int to) throws IOException {
		WritableByteChannel open = this.channel;
		if (open == null) {
			open = this.opener.open(this.path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
			this.channel = open;
		}
		boolean done = false;
		try {
			int written = open.write(ByteBuffer.wrap(bytes, from, Math.min(to - from, MAX_WRITE)));
			this.size += written;
			done = true;
			return written;
		}
		finally {
			if (!done) {
				closeChannel();
			}
		}
	}

	/**
	 * Ends writing; from now on the folder may remove the file.
	 * @param last whether the stream has ended
	 */
	void close(boolean last) {
		closeChannel();
		this.folder.closed(this.path, last);
	}

	private void closeChannel() {
		WritableByteChannel open = this.channel;
		this.channel = null;
		if (open == null) {
			return;
		}
		try {
			open.close();
		}
		catch (IOException ex) {
			log.debug("Closing {} failed", this.path, ex);
		}
	}

}
