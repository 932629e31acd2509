package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One look at all watched files. Each folder is first subscribed to and then read, so
 * that no change is lost between the two. What cannot be read for the moment is taken to
 * be as it was.
 */
final class FolderScan {

	private final WatchedFiles files;

	private final Snapshot previous;

	private final Snapshot current;

	private final FolderSubscriptions subscriptions;

	private final PathResolver resolver;

	private final Set<Path> visited = new HashSet<>();

	private List<Path> ignored = List.of();

	private @Nullable IOException failure;

	FolderScan(WatchedFiles files, Snapshot previous, FolderSubscriptions subscriptions) {
		this.files = files;
		this.previous = previous;
		this.current = Snapshot.empty(1 + files.folders().size());
		this.subscriptions = subscriptions;
		this.resolver = new PathResolver(subscriptions);
	}

	/**
	 * Looks. To be called once.
	 * @return what is there
	 */
	Snapshot run() {
		this.ignored = this.files.ignored().stream().map(PathResolver::withoutLinks).toList();
		try {
			script();
		}
		catch (IOException ex) {
			keep(0, null, ex);
		}
		for (int i = 0; i < this.files.folders().size(); i++) {
			this.visited.clear();
			try {
				folder(i + 1, this.files.folders().get(i));
			}
			catch (IOException ex) {
				keep(i + 1, null, ex);
			}
		}
		return this.current;
	}

	/**
	 * Why something could not be read.
	 * @return the first reason, or null if all could be read
	 */
	@Nullable IOException failure() {
		return this.failure;
	}

	private void keep(int part, @Nullable Path folder, IOException reason) {
		this.current.keep(this.previous, part, folder);
		if (this.failure == null) {
			this.failure = reason;
		}
	}

	private void script() throws IOException {
		Resolved script = this.resolver.resolve(this.files.script(), true);
		if (script != null) {
			this.subscriptions.watchedFile(script.path());
			this.current.part(0).put(script.path(), new Snapshot.Seen(script.state(), null));
		}
	}

	private void folder(int part, WatchedFiles.Folder folder) throws IOException {
		Resolved start = this.resolver.resolve(folder.path(), false);
		if (start != null && start.state().isFolder() && !isIgnored(start.path())) {
			search(part, folder, start, "");
		}
	}

	private boolean isIgnored(Path path) {
		return this.ignored.stream().anyMatch(path::startsWith);
	}

	private void search(int part, WatchedFiles.Folder folder, Resolved here, String relative) {
		if (!this.visited.add(here.path())) {
			return;
		}
		this.subscriptions.watched(here);
		this.subscriptions.subscribe(here, (interest) -> interest.addFolder((name) -> folder.matches(relative, name),
				(name) -> folder.descends(name.toString()) && !isIgnored(here.path().resolve(name))));
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(here.path())) {
			for (Path entry : entries) {
				entry(part, folder, here, entry, relative);
			}
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			return;
		}
		catch (DirectoryIteratorException ex) {
			keep(part, here.path(), new IOException(ex.getMessage(), ex));
		}
		catch (IOException ex) {
			keep(part, here.path(), ex);
		}
	}

	private void entry(int part, WatchedFiles.Folder folder, Resolved here, Path entry, String relative) {
		String name = entry.getFileName().toString();
		boolean matches = folder.matches(relative, name);
		boolean descends = folder.descends(name);
		if ((!matches && !descends) || isIgnored(entry)) {
			return;
		}
		try {
			FileState state = FileState.of(entry);
			Resolved real = (state.isLink()) ? this.resolver.follow(here, entry) : new Resolved(entry, state);
			if (real == null || isIgnored(real.path())) {
				return;
			}
			if (real.state().isFolder()) {
				if (descends) {
					search(part, folder, real, relative + name + "/");
				}
			}
			else if (matches) {
				file(part, entry, real);
			}
		}
		catch (NoSuchFileException ex) {
			return;
		}
		catch (IOException ex) {
			keep(part, entry, ex);
		}
	}

	private void file(int part, Path entry, Resolved real) throws IOException {
		boolean link = !real.path().equals(entry);
		if (link) {
			this.subscriptions.watchedFile(real.path());
		}
		this.current.part(part).put(entry, new Snapshot.Seen(real.state(), (link) ? real.path() : null));
	}

	/**
	 * A place without links in its path.
	 *
	 * @param path its path
	 * @param state what is there
	 */
	record Resolved(Path path, FileState state) {
	}

}
