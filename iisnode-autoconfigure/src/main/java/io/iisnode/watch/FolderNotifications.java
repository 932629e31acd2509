package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system tells about folders. One watch service serves all watches: a
 * folder that several of them need is registered once, and given up with the last. Safe
 * for use by several threads.
 */
@Slf4j
final class FolderNotifications implements AutoCloseable {

	private static final int KEYS_AT_ONCE = 256;

	private final WatchService service;

	private final Registrar registrar;

	private final Set<Subscriber> subscribers = new HashSet<>();

	private final Map<WatchKey, Map<Subscriber, List<Interest>>> keys = new HashMap<>();

	FolderNotifications(WatchService service, Registrar registrar) {
		this.service = service;
		this.registrar = registrar;
	}

	/**
	 * Opens the notification of the operating system.
	 * @return it, or null if there is none better than polling, or no more of it can be
	 * had
	 */
	static @Nullable FolderNotifications open() {
		try {
			WatchService service = FileSystems.getDefault().newWatchService();
			if (!service.getClass().getName().endsWith("PollingWatchService")) {
				return new FolderNotifications(service, FolderNotifications::register);
			}
			service.close();
		}
		catch (IOException | UnsupportedOperationException ex) {
			log.warn("The operating system does not notify of changed files: {}", ex.toString());
		}
		return null;
	}

	private static WatchKey register(Path folder, WatchService service) throws IOException {
		return folder.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE,
				StandardWatchEventKinds.ENTRY_MODIFY);
	}

	synchronized void add(Subscriber subscriber) {
		this.subscribers.add(subscriber);
	}

	/**
	 * Tells a subscriber of a folder from now on. Registers anew what is registered
	 * already, as the path may lead to another folder than before.
	 * @return what the folder is registered by, or null if the subscriber was removed
	 * @throws IOException if the folder is missing, or the operating system cannot tell
	 */
	synchronized @Nullable WatchKey subscribe(Subscriber subscriber, Path folder, Interest interest)
			throws IOException {
		if (!this.subscribers.contains(subscriber)) {
			return null;
		}
		WatchKey key = this.registrar.register(folder, this.service);
		this.keys.computeIfAbsent(key, (absent) -> new HashMap<>())
			.merge(subscriber, List.of(interest), FolderNotifications::union);
		return key;
	}

	private static List<Interest> union(List<Interest> first, List<Interest> second) {
		List<Interest> union = new ArrayList<>(first);
		union.addAll(second);
		return union;
	}

	/**
	 * Forgets all interests of a subscriber but these.
	 */
	synchronized void retain(Subscriber subscriber, Map<WatchKey, List<Interest>> interests) {
		this.keys.entrySet().removeIf((entry) -> {
			List<Interest> kept = interests.get(entry.getKey());
			if (kept != null) {
				entry.getValue().replace(subscriber, List.copyOf(kept));
			}
			else {
				entry.getValue().remove(subscriber);
			}
			return cancelIfUnused(entry.getKey(), entry.getValue());
		});
	}

	private static boolean cancelIfUnused(WatchKey key, Map<Subscriber, List<Interest>> subscribers) {
		if (subscribers.isEmpty()) {
			key.cancel();
			return true;
		}
		return false;
	}

	synchronized void remove(Subscriber subscriber) {
		if (this.subscribers.remove(subscriber)) {
			retain(subscriber, Map.of());
		}
	}

	/**
	 * Number of registered folders.
	 */
	synchronized int size() {
		return this.keys.size();
	}

	/**
	 * Passes on what the operating system tells.
	 * @param nanos how long to wait for it
	 * @throws InterruptedException if the thread is interrupted
	 * @throws java.nio.file.ClosedWatchServiceException if this is closed
	 */
	void await(long nanos) throws InterruptedException {
		WatchKey key = this.service.poll(nanos, TimeUnit.NANOSECONDS);
		for (int i = 0; key != null; i++) {
			dispatch(key);
			key = (i < KEYS_AT_ONCE) ? this.service.poll() : null;
		}
	}

	private void dispatch(WatchKey key) {
		List<WatchEvent<?>> events = key.pollEvents();
		boolean valid = key.reset();
		subscribersOf(key, valid).forEach((subscriber, interests) -> {
			if (!valid || events.stream().anyMatch((event) -> includes(interests, event))) {
				subscriber.changed();
			}
		});
	}

	private synchronized Map<Subscriber, List<Interest>> subscribersOf(WatchKey key, boolean valid) {
		Map<Subscriber, List<Interest>> found = (valid) ? this.keys.get(key) : this.keys.remove(key);
		return (found != null) ? Map.copyOf(found) : Map.of();
	}

	private static boolean includes(List<Interest> interests, WatchEvent<?> event) {
		return interests.stream().anyMatch((interest) -> interest.includes(event));
	}

	/**
	 * Ends all registrations. Whoever waits in {@link #await} gets an exception.
	 */
	@Override
	public void close() {
		try {
			this.service.close();
		}
		catch (IOException ex) {
			log.debug("Cannot close the notification of the operating system", ex);
		}
	}

	/**
	 * Who wants to know of changes.
	 */
	@FunctionalInterface
	interface Subscriber {

		/**
		 * Something that matters has, or may have changed. Must not block.
		 */
		void changed();

	}

	/**
	 * Asks the operating system to tell of a folder.
	 */
	@FunctionalInterface
	interface Registrar {

		WatchKey register(Path folder, WatchService service) throws IOException;

	}

}
