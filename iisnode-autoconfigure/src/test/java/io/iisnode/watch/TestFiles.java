package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Changes files the ways that people, editors and deployments do.
 */
final class TestFiles {

	private TestFiles() {
	}

	/** Writes, with the folders above. */
	static Path write(Path file, String content) throws IOException {
		Files.createDirectories(file.getParent());
		return Files.writeString(file, content);
	}

	/** Appends, so that the size differs however coarse the time stamps are. */
	static void append(Path file) throws IOException {
		Files.writeString(file, "//\n", StandardOpenOption.APPEND);
	}

	static void touch(Path file) throws IOException {
		FileTime time = Files.getLastModifiedTime(file);
		Files.setLastModifiedTime(file, FileTime.from(time.toInstant().plus(Duration.ofSeconds(1))));
	}

	static void moveOver(Path source, Path target) throws IOException {
		Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	/** Lets a link lead elsewhere as deployments do, without a moment in between. */
	static void swap(Path link, Path target) throws IOException {
		Path next = link.resolveSibling(link.getFileName() + ".next");
		Files.createSymbolicLink(next, target);
		moveOver(next, link);
	}

	static void delete(Path folder) throws IOException {
		try (Stream<Path> paths = Files.walk(folder)) {
			List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
			for (Path path : deepestFirst) {
				Files.delete(path);
			}
		}
	}

}
