package io.iisnode.watch;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files that a watch is about, in terms of paths: they may exist or not.
 *
 * @param script the script
 * @param folders where to search
 * @param ignored files and folders that are passed over with all below
 */
record WatchedFiles(Path script, List<Folder> folders, List<Path> ignored) {

	/**
	 * Applies patterns to an application.
	 * @param patterns the valid patterns
	 * @param scriptFolder what they are relative to
	 * @param script the script, relative to the folder or absolute
	 * @param ignored what is passed over, relative to the folder or absolute; an entry
	 * that contains the folder itself is left out
	 */
	static WatchedFiles of(List<String> patterns, Path scriptFolder, Path script, Collection<Path> ignored) {
		Path folder = scriptFolder.toAbsolutePath().normalize();
		Map<Path, List<FilePattern>> byFolder = patterns.stream()
			.map(FilePattern::parse)
			.collect(Collectors.groupingBy((pattern) -> folder.resolve(pattern.folder()).normalize(),
					LinkedHashMap::new, Collectors.toList()));
		return new WatchedFiles(folder.resolve(script).normalize(),
				byFolder.entrySet().stream().map((entry) -> new Folder(entry.getKey(), entry.getValue())).toList(),
				ignored.stream()
					.map((path) -> folder.resolve(path).normalize())
					.filter((path) -> !folder.startsWith(path))
					.toList());
	}

	/**
	 * A folder, and what is watched in it.
	 *
	 * @param path the folder
	 * @param patterns patterns relative to it
	 */
	record Folder(Path path, List<FilePattern> patterns) {

		/**
		 * Whether a file is watched.
		 * @param parent path of its folder relative to this one, empty or with {@code /}
		 * between the segments and at the end
		 * @param name its name
		 */
		boolean matches(String parent, String name) {
			return this.patterns.stream().anyMatch((pattern) -> pattern.matches(parent + name, name));
		}

		/**
		 * Whether the search goes on in a folder.
		 * @param name its name
		 */
		boolean descends(String name) {
			return this.patterns.stream().anyMatch((pattern) -> pattern.descends(name));
		}

	}

}
