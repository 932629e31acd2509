package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What is compared of a file. Contents are not read. The time of the last change of the
 * file's entry tells, where there is such a thing, a file replaced by one of the same
 * size and time stamp, as archives and package managers leave behind.
 *
 * @param type what it is
 * @param size length in bytes
 * @param modified last change of the content, or a time set by hand
 * @param changed last change of content or attributes, or null if not known
 * @param key identity within its file system, or null if not known
 * @param device identity of its file system, or null if not known
 */
record FileState(Type type, long size, FileTime modified, @Nullable FileTime changed, @Nullable Object key,
		@Nullable Object device) {

	private static final String UNIX = "unix:isDirectory,isSymbolicLink,isOther,size,lastModifiedTime,ctime,fileKey,dev";

	/**
	 * Reads the state of a file.
	 * @param path the file; a link is not followed
	 * @throws IOException if it is missing or cannot be read
	 */
	static FileState of(Path path) throws IOException {
		if (isUnix(path.getFileSystem())) {
			Map<String, Object> attributes = Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS);
			Type type = Type.of(flag(attributes, "isDirectory"), flag(attributes, "isSymbolicLink"),
					flag(attributes, "isOther"));
			return new FileState(type, value(attributes, "size", Long.class),
					value(attributes, "lastModifiedTime", FileTime.class), value(attributes, "ctime", FileTime.class),
					attributes.get("fileKey"), attributes.get("dev"));
		}
		BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		return new FileState(Type.of(attributes.isDirectory(), attributes.isSymbolicLink(), attributes.isOther()),
				attributes.size(), attributes.lastModifiedTime(), null, attributes.fileKey(), null);
	}

	private static boolean isUnix(FileSystem fileSystem) {
		return fileSystem.supportedFileAttributeViews().contains("unix");
	}

	private static boolean flag(Map<String, Object> attributes, String name) {
		return Boolean.TRUE.equals(attributes.get(name));
	}

	private static <T> T value(Map<String, Object> attributes, String name, Class<T> type) {
		return type.cast(Objects.requireNonNull(attributes.get(name), name));
	}

	boolean isFolder() {
		return this.type == Type.FOLDER;
	}

	boolean isLink() {
		return this.type == Type.LINK;
	}

	/**
	 * What a file can be.
	 */
	enum Type {

		/** An ordinary file. */
		FILE,

		/** A folder. */
		FOLDER,

		/** A symbolic link. */
		LINK,

		/** Anything else; a junction among them. */
		OTHER;

		static Type of(boolean folder, boolean link, boolean other) {
			if (link) {
				return LINK;
			}
			if (other) {
				return OTHER;
			}
			return (folder) ? FOLDER : FILE;
		}

	}

}
