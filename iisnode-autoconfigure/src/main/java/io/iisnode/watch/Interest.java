package io.iisnode.watch;

import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Which news of a folder matter to a watch, so that others neither cause a scan nor keep
 * changes from coming to rest. Grows while a scan goes on; safe for use by several
 * threads.
 */
final class Interest {

	private final Set<String> steps = ConcurrentHashMap.newKeySet();

	private final Set<String> files = ConcurrentHashMap.newKeySet();

	private final List<Predicate<String>> changed = new CopyOnWriteArrayList<>();

	private final List<Predicate<Path>> exchanged = new CopyOnWriteArrayList<>();

	/**
	 * Adds an entry that leads to a watched file: it matters that it comes, goes, or is
	 * exchanged for another one.
	 */
	void addStep(String name) {
		this.steps.add(lowerCase(name));
	}

	/**
	 * Adds a watched file.
	 */
	void addFile(String name) {
		this.files.add(lowerCase(name));
	}

	/**
	 * Adds the entries of a watched folder.
	 * @param files names of which everything matters
	 * @param folders names of which it matters that they come and go. As paths: not every
	 * name that a file system has can be made one from its text
	 */
	void addFolder(Predicate<String> files, Predicate<Path> folders) {
		this.changed.add(files);
		this.exchanged.add(folders);
	}

	/**
	 * Whether an event matters. One without a name says that events were lost.
	 */
	boolean includes(WatchEvent<?> event) {
		if (!(event.context() instanceof Path path)) {
			return true;
		}
		String name = path.toString();
		String lowerCase = lowerCase(name);
		if (this.files.contains(lowerCase) || anyMatch(this.changed, name)) {
			return true;
		}
		return event.kind() != StandardWatchEventKinds.ENTRY_MODIFY
				&& (this.steps.contains(lowerCase) || anyMatch(this.exchanged, path));
	}

	private static <T> boolean anyMatch(List<Predicate<T>> predicates, T name) {
		return predicates.stream().anyMatch((predicate) -> predicate.test(name));
	}

	private static String lowerCase(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

}
