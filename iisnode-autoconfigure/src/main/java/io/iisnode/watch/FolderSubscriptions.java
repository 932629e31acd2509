package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.iisnode.watch.FolderNotifications.Subscriber;
import io.iisnode.watch.FolderScan.Resolved;

/**
 * The folders that one scan comes across: subscribes to each, and finds out whether
 * notification alone will do.
 */
final class FolderSubscriptions {

	private final Subscriber subscriber;

	private final @Nullable FolderNotifications notifications;

	private final Function<Path, FileSystemKind> kinds;

	private final Map<Object, FileSystemKind> kindsByDevice = new HashMap<>();

	private final Map<Path, Interest> interests = new HashMap<>();

	private final Map<WatchKey, List<Interest>> keys = new HashMap<>();

	private @Nullable String reason;

	FolderSubscriptions(Subscriber subscriber, @Nullable FolderNotifications notifications,
			Function<Path, FileSystemKind> kinds) {
		this.subscriber = subscriber;
		this.notifications = notifications;
		this.kinds = kinds;
		if (notifications == null) {
			this.reason = "the operating system does not notify of changes";
		}
	}

	/**
	 * Subscribes to a folder.
	 * @param folder the folder
	 * @param addition says what matters of it
	 */
	void subscribe(Resolved folder, Consumer<Interest> addition) {
		Interest known = this.interests.get(folder.path());
		if (known != null) {
			addition.accept(known);
			return;
		}
		Interest interest = new Interest();
		addition.accept(interest);
		this.interests.put(folder.path(), interest);
		if (this.notifications != null && kind(folder.path(), folder.state()) != FileSystemKind.NETWORK) {
			subscribe(this.notifications, folder.path(), interest);
		}
	}

	private void subscribe(FolderNotifications to, Path folder, Interest interest) {
		try {
			WatchKey key = to.subscribe(this.subscriber, folder, interest);
			if (key != null) {
				this.keys.computeIfAbsent(key, (absent) -> new ArrayList<>()).add(interest);
			}
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			// Gone since; the folder above tells
			return;
		}
		catch (IOException ex) {
			insufficient("no notification for " + folder + ": " + ex.getMessage());
		}
	}

	/**
	 * Takes note of a folder with watched files.
	 */
	void watched(Resolved folder) {
		if (kind(folder.path(), folder.state()) != FileSystemKind.LOCAL) {
			insufficient("not all changes of the file system of " + folder.path() + " are notified");
		}
	}

	/**
	 * Takes note of a watched file.
	 * @param file the file
	 * @throws IOException if its folder cannot be read
	 */
	void watchedFile(Path file) throws IOException {
		Path folder = file.getParent();
		if (folder != null) {
			watched(new Resolved(folder, FileState.of(folder)));
		}
	}

	private void insufficient(String why) {
		if (this.reason == null) {
			this.reason = why;
		}
	}

	private FileSystemKind kind(Path folder, FileState state) {
		Object device = (state.device() != null) ? state.device() : folder.getRoot();
		return this.kindsByDevice.computeIfAbsent(device, (absent) -> this.kinds.apply(folder));
	}

	/**
	 * Ends the scan: other folders than those it has come across are given up.
	 */
	void complete() {
		if (this.notifications != null) {
			this.notifications.retain(this.subscriber, this.keys);
		}
	}

	/**
	 * Why notification alone will not do.
	 * @return the reason, or null if it will
	 */
	@Nullable String reasonToPoll() {
		return this.reason;
	}

}
