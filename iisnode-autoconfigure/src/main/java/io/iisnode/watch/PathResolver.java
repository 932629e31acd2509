package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.iisnode.watch.FolderScan.Resolved;

/**
 * Follows a path step by step, and subscribes to each folder on the way, as the exchange
 * of any step (a link to a release, a folder renamed over) exchanges the files behind it.
 */
final class PathResolver {

	private static final int MAX_LINKS = 40;

	private final FolderSubscriptions subscriptions;

	PathResolver(FolderSubscriptions subscriptions) {
		this.subscriptions = subscriptions;
	}

	/**
	 * Finds what a path leads to.
	 * @param path the absolute path
	 * @param file whether it is a file whose content matters
	 * @return it, or null if there is nothing
	 * @throws IOException if that cannot be said
	 */
	@Nullable Resolved resolve(Path path, boolean file) throws IOException {
		Path root = path.getRoot();
		return walk(new Resolved(root, FileState.of(root)), path, file);
	}

	/**
	 * Finds what a link leads to.
	 * @param folder the folder of the link
	 * @param link the link
	 * @return it, or null if there is nothing
	 * @throws IOException if that cannot be said
	 */
	@Nullable Resolved follow(Resolved folder, Path link) throws IOException {
		return walk(folder, link.getFileName(), true);
	}

	private @Nullable Resolved walk(Resolved start, Path path, boolean file) throws IOException {
		Deque<Path> steps = new ArrayDeque<>();
		path.forEach(steps::add);
		Resolved current = start;
		int links = 0;
		while (!steps.isEmpty()) {
			String name = steps.pop().toString();
			if (!current.state().isFolder()) {
				return null;
			}
			if (name.equals("..")) {
				current = parent(current);
				continue;
			}
			if (name.isEmpty() || name.equals(".")) {
				continue;
			}
			boolean last = steps.isEmpty();
			this.subscriptions.subscribe(current, (interest) -> add(interest, name, file && last));
			Resolved next = step(current.path().resolve(name));
			if (next != null && next.state().isLink()) {
				Path target = Files.readSymbolicLink(next.path());
				current = (target.isAbsolute()) ? root(target) : current;
				pushAll(steps, target);
				next = (++links <= MAX_LINKS) ? current : null;
			}
			if (next == null) {
				return null;
			}
			current = next;
		}
		return current;
	}

	private static void add(Interest interest, String name, boolean file) {
		interest.addStep(name);
		if (file) {
			interest.addFile(name);
		}
	}

	private static @Nullable Resolved step(Path path) throws IOException {
		try {
			FileState state = FileState.of(path);
			if (state.type() == FileState.Type.OTHER) {
				Path real = path.toRealPath();
				return new Resolved(real, (real.equals(path)) ? state : FileState.of(real));
			}
			return new Resolved(path, state);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	private static Resolved root(Path path) throws IOException {
		return new Resolved(path.getRoot(), FileState.of(path.getRoot()));
	}

	private static Resolved parent(Resolved resolved) throws IOException {
		Path parent = resolved.path().getParent();
		return (parent != null) ? new Resolved(parent, FileState.of(parent)) : resolved;
	}

	private static void pushAll(Deque<Path> steps, Path target) {
		List<Path> names = new ArrayList<>();
		target.forEach(names::add);
		for (int i = names.size() - 1; i >= 0; i--) {
			steps.push(names.get(i));
		}
	}

	/**
	 * Replaces the links in a path, as far as it exists.
	 */
	static Path withoutLinks(Path path) {
		for (Path existing = path; existing != null; existing = existing.getParent()) {
			try {
				return existing.toRealPath().resolve(existing.relativize(path)).normalize();
			}
			catch (IOException ex) {
				continue;
			}
		}
		return path;
	}

}
