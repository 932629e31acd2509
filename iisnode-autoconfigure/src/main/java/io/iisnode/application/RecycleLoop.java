package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

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

	private final LongSupplier nanoTime;

	private Set<Path> suspects = Set.of();

	private int inARow;

	private boolean recycling;

	private boolean recycledBefore;

	private long recycledAt;

	private boolean stopped;

	private long ignoredAt;

	/**
	 * Creates it.
	 * @param nanoTime the time
	 */
	RecycleLoop(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Files have changed.
	 * @param files which
	 * @return what is to be done
	 */
	synchronized Verdict changed(Set<Path> files) {
		long now = this.nanoTime.getAsLong();
		if (this.stopped && now - this.ignoredAt >= QUIET.toNanos()) {
			reset();
		}
		if (this.stopped) {
			if (this.suspects.containsAll(files)) {
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
			return Verdict.STOP;
		}
		return Verdict.RECYCLE;
	}

	private boolean followsUp(long now) {
		return this.recycling || (this.recycledBefore && now - this.recycledAt <= SOON.toNanos());
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
		 * Nothing, for the first time: it has to be told.
		 */
		STOP,

		/**
		 * Nothing.
		 */
		IGNORE

	}

}
