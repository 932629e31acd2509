package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Finds out that a recycle triggers itself: that the application, when it starts, changes
 * a file whose change recycles it. That is so when recycles follow each other, each of
 * them because of the same files, which change before or soon after the new generation
 * has taken over.
 * <p>
 * Then changes of these files alone do not count any more, until none has happened for a
 * minute, or the application is recycled for another reason than a file. Changes of other
 * files count as ever.
 * <p>
 * Somebody may have made these changes after all, and then old code serves. So after the
 * quiet minute one recycle catches up with them. If the files change again soon after it,
 * that is ignored again, and the next one comes after twice the time; a change at another
 * time shows that there is no loop.
 * <p>
 * Thread-safe.
 */
final class RecycleLoop {

	/**
	 * So many recycles in a row may have the same cause: somebody who works on a file
	 * saves it again and again, but not so fast so often.
	 */
	static final int MOST_IN_A_ROW = 5;

	/**
	 * A change so soon after a generation has taken over may be its own doing.
	 */
	static final Duration SOON = Duration.ofSeconds(5);

	/**
	 * After such a time without a change of the files the loop is over.
	 */
	static final Duration QUIET = Duration.ofMinutes(1);

	/**
	 * Such a time is not doubled again.
	 */
	static final Duration LONGEST_QUIET = Duration.ofHours(1);

	private final LongSupplier nanoTime;

	private final Duration firstQuiet;

	private Duration quiet;

	private Set<Path> suspects = Set.of();

	private int inARow;

	private boolean recycling;

	private boolean recycledBefore;

	private long recycledAt;

	private boolean stopped;

	private long ignoredAt;

	/**
	 * Whether no recycle has followed the last change that was ignored.
	 */
	private boolean missed;

	/**
	 * Creates it.
	 * @param nanoTime the time
	 * @param quiet after such a time without a change of the files the loop is over
	 */
	RecycleLoop(LongSupplier nanoTime, Duration quiet) {
		this.nanoTime = nanoTime;
		this.firstQuiet = quiet;
		this.quiet = quiet;
	}

	/**
	 * Files have changed.
	 * @param files which
	 * @return what is to be done
	 */
	synchronized Verdict changed(Set<Path> files) {
		long now = this.nanoTime.getAsLong();
		if (this.stopped && (now - this.ignoredAt >= this.quiet.toNanos() || (!this.missed && !followsUp(now)))) {
			reset();
		}
		if (this.stopped) {
			this.missed = this.suspects.containsAll(files);
			if (this.missed) {
				this.ignoredAt = now;
				return Verdict.IGNORE;
			}
			return Verdict.RECYCLE;
		}
		Set<Path> common = new HashSet<>(files);
		common.retainAll(this.suspects);
		if (followsUp(now) && !common.isEmpty()) {
			this.suspects = common;
			this.inARow++;
		}
		else {
			this.suspects = Set.copyOf(files);
			this.inARow = 1;
		}
		if (this.inARow > MOST_IN_A_ROW) {
			this.stopped = true;
			this.ignoredAt = now;
			this.missed = true;
			return Verdict.STOP;
		}
		return Verdict.RECYCLE;
	}

	private boolean followsUp(long now) {
		return this.recycling || (this.recycledBefore && now - this.recycledAt <= SOON.toNanos());
	}

	/**
	 * Time until one recycle may catch up with what was ignored.
	 * @return null if nothing was since the last recycle
	 */
	synchronized @Nullable Duration untilCatchUp() {
		long passed = this.nanoTime.getAsLong() - this.ignoredAt;
		return (this.stopped && this.missed) ? Duration.ofNanos(Math.max(0, this.quiet.toNanos() - passed)) : null;
	}

	/**
	 * Asks whether a recycle is to catch up now with what was ignored.
	 * @return true once, when the time has come
	 */
	synchronized boolean catchUp() {
		Duration left = untilCatchUp();
		if (left == null || !left.isZero()) {
			return false;
		}
		this.missed = false;
		this.ignoredAt = this.nanoTime.getAsLong();
		Duration doubled = this.quiet.multipliedBy(2);
		this.quiet = (doubled.compareTo(LONGEST_QUIET) < 0) ? doubled : LONGEST_QUIET;
		return true;
	}

	/**
	 * A new generation starts.
	 */
	synchronized void recycleBegan() {
		this.recycling = true;
	}

	/**
	 * The new generation has taken over, or was given up.
	 */
	synchronized void recycleEnded() {
		this.recycling = false;
		this.recycledBefore = true;
		this.recycledAt = this.nanoTime.getAsLong();
	}

	/**
	 * The application is recycled for another reason than a file: what was, counts no
	 * more.
	 */
	synchronized void reset() {
		this.stopped = false;
		this.missed = false;
		this.quiet = this.firstQuiet;
		this.suspects = Set.of();
		this.inARow = 0;
	}

	/**
	 * The files that were changed each time.
	 */
	synchronized Set<Path> suspects() {
		return Set.copyOf(this.suspects);
	}

	/**
	 * What a change leads to.
	 */
	enum Verdict {

		/**
		 * A recycle.
		 */
		RECYCLE,

		/**
		 * Nothing for now, for the first time: it has to be told.
		 */
		STOP,

		/**
		 * Nothing for now.
		 */
		IGNORE

	}

}
