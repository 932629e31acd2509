package io.iisnode.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Decides which processes of a pool are started, and when. Guarded by the lock of the
 * {@link NodeProcessManager}, which launches without it what this creates.
 */
final class ProcessStarter {

	/**
	 * While others serve, a process that failed to start is not tried again at once.
	 */
	static final Duration RESTART_DELAY = Duration.ofSeconds(1);

	private final ProcessContext context;

	private final ProcessSettings settings;

	private final int generation;

	private final ProcessSlots slots;

	private final ProcessListener listener;

	/** An older generation serves until this one is open: its failures harm nobody. */
	private boolean candidate;

	private boolean stopped;

	private long nextStart = System.nanoTime();

	/**
	 * See {@link RecyclePolicy}.
	 */
	private int memoryReports = RecyclePolicy.MEMORY_REPORTS;

	/**
	 * What was logged last, as processes that start together fail alike.
	 */
	private @Nullable String toldFailure;

	private @Nullable ProcessStartException lastFailure;

	ProcessStarter(ProcessContext context, int generation, ProcessSlots slots, ProcessListener listener) {
		this.context = context;
		this.settings = context.settings();
		this.generation = generation;
		this.slots = slots;
		this.listener = listener;
	}

	ProcessSettings settings() {
		return this.settings;
	}

	/**
	 * A process that is not launched yet and has no place.
	 */
	NodeProcess create() {
		return new NodeProcess(this.context, this.generation, this.memoryReports, this.listener);
	}

	/**
	 * Whether all are to run, but some do not.
	 */
	boolean isIncomplete() {
		return this.settings.activation() == ProcessActivation.ALL && !this.slots.isFull();
	}

	/**
	 * Fills empty places: all of them, or one if all others are full.
	 * @return processes that have a place and are to be launched
	 */
	List<NodeProcess> missing() {
		boolean all = this.settings.activation() == ProcessActivation.ALL;
		return fill(
				all ? this.slots.size() : Math.max(this.settings.minProcessCount(), this.slots.occupants().size() + 1));
	}

	/**
	 * Fills empty places until there are so many processes.
	 */
	List<NodeProcess> fill(int wanted) {
		int count = this.slots.occupants().size();
		if (count >= wanted || !mayStart(wanted)) {
			return List.of();
		}
		List<NodeProcess> created = new ArrayList<>();
		while (count < Math.min(wanted, this.slots.size())) {
			created.add(create());
			count++;
		}
		// Only now: if one could not be created, none has a place and is never launched.
		created.forEach(this.slots::fill);
		return created;
	}

	private boolean mayStart(int wanted) {
		if (!mayStart() || (this.settings.activation() == ProcessActivation.ON_DEMAND
				&& wanted > this.settings.minProcessCount() && this.slots.has(NodeProcessState.STARTING))) {
			return false;
		}
		return !this.slots.has(NodeProcessState.READY) || System.nanoTime() - this.nextStart >= 0;
	}

	/**
	 * Whether any process may be started.
	 */
	boolean mayStart() {
		return !this.stopped && (this.candidate || this.context.rapidFail().mayStart());
	}

	/**
	 * Fills one empty place if it is time to see whether processes work again, after
	 * starting has been suspended for a while.
	 * @return a process that is to be launched, null if there is none
	 */
	@Nullable NodeProcess tryAgain() {
		if (this.stopped || !this.context.rapidFail().tryAgain()) {
			return null;
		}
		if (this.slots.isFull()) {
			// Those that were starting then have come through.
			this.context.rapidFail().ready();
			return null;
		}
		NodeProcess process = create();
		this.slots.fill(process);
		return process;
	}

	/**
	 * An older generation serves until this one is open.
	 */
	void becomeCandidate() {
		this.candidate = true;
	}

	/**
	 * Whether failures count against the application.
	 */
	boolean isCandidate() {
		return this.candidate;
	}

	/**
	 * A process is ready.
	 * @param opened whether the pool is open
	 */
	void ready(boolean opened) {
		this.toldFailure = null;
		this.lastFailure = null;
		opened(opened);
	}

	void opened(boolean opened) {
		this.candidate &= !opened;
	}

	/**
	 * A process did not start.
	 * @param hopeless whether no other one is left
	 * @return whether that is to be logged
	 */
	boolean failed(ProcessStartException failure, boolean hopeless) {
		this.nextStart = System.nanoTime() + RESTART_DELAY.toNanos();
		boolean told = Objects.equals(failure.getMessage(), this.toldFailure);
		this.toldFailure = hopeless ? null : failure.getMessage();
		this.lastFailure = failure;
		return !told;
	}

	/**
	 * Why the latest process did not start.
	 * @return null if it did, or none has ended its start
	 */
	@Nullable ProcessStartException lastFailure() {
		return this.lastFailure;
	}

	/**
	 * How many reports in a row of too much memory new processes are allowed.
	 */
	void allowMemoryReports(int reports) {
		this.memoryReports = reports;
	}

	int memoryReports() {
		return this.memoryReports;
	}

	/**
	 * Nothing starts any more.
	 */
	void stop() {
		this.stopped = true;
	}

}
