package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.watch.Settling.Unrest;

/**
 * One watch: what was seen and reported, and when to look again. It is run by one thread
 * at a time, the one that {@link #isPolling()} chooses; everything else may happen on
 * any.
 */
@Slf4j
final class FolderWatch implements Watch, FolderNotifications.Subscriber {

	/** The part of the time that scans may take is the inverse of this. */
	private static final int SHARE = 20;

	private final WatchedFiles files;

	private final Consumer<Set<Path>> listener;

	private final FileWatcher owner;

	private final @Nullable FolderNotifications notifications;

	private final Function<Path, FileSystemKind> kinds;

	private final LongSupplier nanoTime;

	private final Settling settling;

	private final long pollingNanos;

	private final long rescanNanos;

	private Snapshot reported = Snapshot.NONE;

	private Snapshot latest = Snapshot.NONE;

	private boolean failing;

	private @Nullable String reasonToPoll;

	private volatile long nextScan;

	private volatile boolean polling;

	private volatile boolean closed;

	FolderWatch(WatchedFiles files, WatchSettings settings, Consumer<Set<Path>> listener, FileWatcher owner,
			@Nullable FolderNotifications notifications, FileWatcher.Environment environment) {
		this.files = files;
		this.listener = listener;
		this.owner = owner;
		this.notifications = notifications;
		this.kinds = environment.kinds();
		this.nanoTime = environment.nanoTime();
		this.settling = new Settling(settings.quietPeriod(), settings.maxDelay());
		this.pollingNanos = settings.pollingInterval().toNanos();
		this.rescanNanos = environment.rescanInterval().toNanos();
	}

	/**
	 * Takes the first look, with which later ones are compared.
	 */
	void start() {
		if (this.notifications != null) {
			this.notifications.add(this);
		}
		this.latest = scan();
		this.reported = this.latest;
		this.polling = this.reasonToPoll != null;
		log.debug("Watching {} files for {}", this.latest.size(), this.files.script());
	}

	/**
	 * Does what is due.
	 */
	void run() {
		long now = this.nanoTime.getAsLong();
		Unrest unrest = this.settling.take(now);
		if (unrest == null && this.nextScan - now > 0) {
			return;
		}
		try {
			run(unrest, now);
		}
		finally {
			// From here on it may be the other thread's
			this.polling = this.reasonToPoll != null;
		}
	}

	private void run(@Nullable Unrest unrest, long now) {
		this.nextScan = now + this.pollingNanos;
		Snapshot current = scan();
		boolean changing = !current.equals(this.latest);
		if (changing) {
			this.latest = current;
		}
		if (unrest == null) {
			if (changing) {
				this.settling.changed(now);
			}
		}
		else if (this.polling && changing && !this.settling.isOverdue(unrest, now)) {
			this.settling.putBack(unrest, now);
		}
		else if (!this.latest.equals(this.reported)) {
			Set<Path> changed = this.latest.differencesTo(this.reported);
			this.reported = this.latest;
			report(changed);
		}
	}

	private Snapshot scan() {
		long start = this.nanoTime.getAsLong();
		FolderSubscriptions subscriptions = new FolderSubscriptions(this, this.notifications, this.kinds);
		FolderScan scan = new FolderScan(this.files, this.latest, subscriptions);
		Snapshot snapshot = scan.run();
		subscriptions.complete();
		choose(subscriptions.reasonToPoll());
		failed(scan.failure());
		long end = this.nanoTime.getAsLong();
		long interval = (this.reasonToPoll != null) ? this.pollingNanos : this.rescanNanos;
		this.nextScan = end + Math.max(interval, SHARE * (end - start));
		return snapshot;
	}

	private void choose(@Nullable String reason) {
		if (reason != null && this.reasonToPoll == null) {
			log.info("Changed files of {} are looked for every {} ms: {}", this.files.script(),
					this.pollingNanos / 1_000_000, reason);
		}
		this.reasonToPoll = reason;
	}

	private void failed(@Nullable IOException failure) {
		if (failure != null && !this.failing) {
			log.warn("Cannot look at all watched files of {}, the rest counts as unchanged: {}", this.files.script(),
					failure.toString());
		}
		this.failing = failure != null;
	}

	private void report(Set<Path> changed) {
		if (this.closed) {
			return;
		}
		log.debug("Watched files of {} changed: {}", this.files.script(), changed);
		try {
			this.listener.accept(changed);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			log.error("What follows from changed files of {} failed", this.files.script(), ex);
		}
	}

	/**
	 * Time until something is due.
	 * @param now the present
	 * @return nanoseconds, 0 or less if something is
	 */
	long remaining(long now) {
		return Math.min(this.nextScan - now, this.settling.remaining(now));
	}

	@Override
	public void changed() {
		if (this.settling.changed(this.nanoTime.getAsLong()) && this.polling) {
			this.owner.wakeUp();
		}
	}

	@Override
	public boolean isPolling() {
		return this.polling;
	}

	@Override
	public void close() {
		this.closed = true;
		this.owner.remove(this);
		if (this.notifications != null) {
			this.notifications.remove(this);
		}
	}

}
