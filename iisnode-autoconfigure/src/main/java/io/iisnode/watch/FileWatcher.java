package io.iisnode.watch;

import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Tells that watched files changed: their content or time stamp, one that came or went or
 * was exchanged for another, also by exchanging a folder or a link on the way to it. What
 * was looked at before is compared with what is there now, so a change that is undone
 * before it is reported is none. Contents are not read.
 * <p>
 * On local disks the operating system tells when to look; a look every minute makes up
 * for what it may have lost. Elsewhere files are looked at in an interval. Many changes
 * within a short time are reported once.
 * <p>
 * One for each host, safe for use by several threads. Two daemon threads start with the
 * first watch, one for files that the operating system tells of, one for polling, so that
 * a network file system that does not answer holds up no others. {@link #close()} ends
 * them.
 */
@Slf4j
public final class FileWatcher implements AutoCloseable {

	/**
	 * Longest wait of a thread, as nothing wakes the one that waits for notifications
	 * when another thread leaves it something to do.
	 */
	private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(2);

	private final Set<FolderWatch> watches = ConcurrentHashMap.newKeySet();

	private final Environment environment;

	private @Nullable FolderNotifications notifications;

	private volatile @Nullable Thread notified;

	private volatile @Nullable Thread poller;

	private volatile boolean closed;

	/**
	 * Makes a file watcher. It holds nothing of the operating system before the first
	 * watch.
	 */
	public FileWatcher() {
		this((folder) -> false);
	}

	/**
	 * Makes a file watcher that knows of more file systems which others change.
	 * @param onNetwork tells whether an existing folder is on one, where the JDK does not
	 * know; may block, called by several threads
	 */
	public FileWatcher(Predicate<Path> onNetwork) {
		this(new Environment(FolderNotifications::open,
				(folder) -> onNetwork.test(folder) ? FileSystemKind.NETWORK : FileSystemKind.of(folder),
				System::nanoTime, Duration.ofMinutes(1)));
	}

	FileWatcher(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Watches the files of a script. Looks at them on the calling thread, which may take
	 * some time; every change after the return is reported. So watch first, and load the
	 * files then.
	 * @param settings which files, and how
	 * @param scriptFolder the folder that patterns are relative to; it need not exist
	 * @param script the script, which is always watched, relative to the folder or
	 * absolute; it need not exist
	 * @param ignored files and folders that are never watched, such as that of the log,
	 * relative to the folder or absolute; one that contains the script's folder is not
	 * heeded
	 * @param listener told after each change, with the files that have changed, come or
	 * gone, by their places without links, not before the previous call has returned.
	 * Runs on a thread of this file watcher that other watches wait for, so it should
	 * hand on what takes long. What it throws is logged. Interrupted when this is closed
	 * @return the watch, to be closed when it is not needed any more
	 * @throws IllegalStateException if this is closed
	 */
	public Watch watch(WatchSettings settings, Path scriptFolder, Path script, Collection<Path> ignored,
			Consumer<Set<Path>> listener) {
		FolderNotifications told = start();
		FolderWatch watch = new FolderWatch(WatchedFiles.of(settings.patterns(), scriptFolder, script, ignored),
				settings, listener, this, told, this.environment);
		try {
			watch.start();
			this.watches.add(watch);
		}
		catch (RuntimeException ex) {
			watch.close();
			throw closedOr(ex);
		}
		if (this.closed) {
			watch.close();
			throw closedOr(null);
		}
		wakeUp();
		return watch;
	}

	private RuntimeException closedOr(@Nullable RuntimeException ex) {
		return (ex != null && !this.closed) ? ex : new IllegalStateException("The file watcher is closed", ex);
	}

	private synchronized @Nullable FolderNotifications start() {
		if (this.closed) {
			throw closedOr(null);
		}
		if (this.poller == null) {
			FolderNotifications told = this.environment.notifications().get();
			if (told != null) {
				this.notifications = told;
				this.notified = daemon("iisnode-watch", () -> listen(told));
			}
			this.poller = daemon("iisnode-watch-poll", this::poll);
		}
		return this.notifications;
	}

	private static Thread daemon(String name, Runnable task) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private void listen(FolderNotifications told) {
		while (!this.closed) {
			try {
				told.await(runWatches(false));
			}
			catch (InterruptedException ex) {
				// By the listener, or by close()
				continue;
			}
			catch (ClosedWatchServiceException ex) {
				return;
			}
			catch (RuntimeException ex) {
				log.error("Cannot follow what the operating system tells of changed files", ex);
				this.watches.forEach(FolderWatch::changed);
			}
		}
	}

	private void poll() {
		while (!this.closed) {
			LockSupport.parkNanos(this, runWatches(true));
			Thread.interrupted();
		}
	}

	private long runWatches(boolean polling) {
		long remaining = MAX_WAIT_NANOS;
		for (FolderWatch watch : this.watches) {
			if (watch.isPolling() == polling && !this.closed) {
				run(watch);
				remaining = Math.min(remaining, watch.remaining(this.environment.nanoTime().getAsLong()));
			}
		}
		return Math.max(remaining, 0);
	}

	private void run(FolderWatch watch) {
		try {
			watch.run();
		}
		catch (ClosedWatchServiceException ex) {
			log.trace("Closed while looking at files", ex);
		}
		catch (RuntimeException ex) {
			log.error("Cannot look at watched files", ex);
		}
		if (watch.isPolling() && Thread.currentThread() == this.notified) {
			wakeUp();
		}
	}

	/**
	 * Lets the polling thread see what is due.
	 */
	void wakeUp() {
		LockSupport.unpark(this.poller);
	}

	void remove(FolderWatch watch) {
		this.watches.remove(watch);
	}

	/**
	 * Number of folders that the operating system tells of.
	 */
	synchronized int registeredFolders() {
		return (this.notifications != null) ? this.notifications.size() : 0;
	}

	/**
	 * Ends all watches and the threads; waits for these up to 2 s, unless called by a
	 * listener. Can be called again without effect.
	 */
	@Override
	public void close() {
		Thread[] threads;
		synchronized (this) {
			this.closed = true;
			if (this.notifications != null) {
				this.notifications.close();
			}
			threads = new Thread[] { this.notified, this.poller };
		}
		this.watches.forEach(FolderWatch::close);
		for (Thread thread : threads) {
			end(thread);
		}
	}

	private static void end(@Nullable Thread thread) {
		if (thread == null || thread == Thread.currentThread()) {
			return;
		}
		thread.interrupt();
		try {
			thread.join(CLOSE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What a file watcher takes from its surroundings.
	 *
	 * @param notifications opens the notification of the operating system, or gives null
	 * if there is none
	 * @param kinds says what can be expected of the file system of a folder
	 * @param nanoTime the time
	 * @param rescanInterval after which time files are looked at although the operating
	 * system did not tell of a change
	 */
	record Environment(Supplier<@Nullable FolderNotifications> notifications, Function<Path, FileSystemKind> kinds,
			LongSupplier nanoTime, Duration rescanInterval) {
	}

}
