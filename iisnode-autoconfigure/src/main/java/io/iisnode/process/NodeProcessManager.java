package io.iisnode.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one generation of an application: starts them up to the limit, chooses
 * one for each request, replaces those that died when they are needed.
 * <p>
 * Life: nothing runs until the first {@link #tryLease} or {@link #start()}. Processes
 * that start together are <em>open</em> together: turns are strict from the first request
 * on, because none is given out until all are ready, or 1 s has passed since the first
 * one was. {@link #drain()} ends the generation.
 * <p>
 * Thread-safe; the lock is held for some hundred nanoseconds and never while calling out.
 */
@Slf4j
public final class NodeProcessManager implements ProcessListener {

	private static final Duration WAIT_FOR_SLOWER = Duration.ofSeconds(1);

	/**
	 * While others serve, a process that failed to start is not tried again at once.
	 */
	private static final long RESTART_DELAY_NANOS = Duration.ofSeconds(1).toNanos();

	private final ProcessContext context;

	private final int generation;

	private final Listener listener;

	private final ProcessSelector selector;

	private final Object lock = new Object();

	private final List<@Nullable NodeProcess> slots;

	private final List<NodeProcess> draining = new ArrayList<>();

	private boolean open;

	private boolean openScheduled;

	private boolean drained;

	/** An older generation serves until this one is open: its failures harm nobody. */
	private volatile boolean candidate;

	private long nextStart = System.nanoTime();

	/**
	 * What was logged last, as processes that start together fail alike.
	 */
	private @Nullable String toldFailure;

	/**
	 * Creates the manager; starts nothing.
	 * @param context what the processes have in common
	 * @param generation number of the generation
	 * @param listener told of free slots and failures
	 */
	public NodeProcessManager(ProcessContext context, int generation, Listener listener) {
		this.context = context;
		this.generation = generation;
		this.listener = listener;
		this.selector = ProcessSelector.of(context.settings().selection());
		this.slots = new ArrayList<@Nullable NodeProcess>(
				Collections.<@Nullable NodeProcess>nCopies(context.settings().processCount(), null));
	}

	/**
	 * Starts what the activation asks for, if it has not been started.
	 */
	public void start() {
		launch(missing());
	}

	/**
	 * Starts as {@link #start()} does, while an older generation serves: failures do not
	 * count against the application until this one is open.
	 */
	public void startAsCandidate() {
		this.candidate = true;
		start();
	}

	/**
	 * Takes a slot of a process, and starts those that have gone missing beside it.
	 * @param waiting whether somebody waits for it, so that processes are to be started
	 * if none is free
	 * @return a lease, or null if no process is ready and free now; the listener is told
	 * when that changes
	 */
	public @Nullable ProcessLease tryLease(boolean waiting) {
		ProcessLease lease;
		List<NodeProcess> toStart;
		synchronized (this.lock) {
			if (this.drained) {
				return null;
			}
			lease = this.open ? this.selector.select(this.slots) : null;
			toStart = ((lease != null) ? isIncomplete() : waiting) ? missing() : List.of();
		}
		launch(toStart);
		return lease;
	}

	private boolean isIncomplete() {
		return this.context.settings().activation() == ProcessActivation.ALL && this.slots.contains(null);
	}

	/**
	 * Fills empty slots: all of them, or one if all others are full.
	 */
	private List<NodeProcess> missing() {
		synchronized (this.lock) {
			if (this.drained || !(this.candidate || this.context.rapidFail().mayStart()) || !mayStart()) {
				return List.of();
			}
			boolean all = this.context.settings().activation() == ProcessActivation.ALL;
			List<NodeProcess> created = new ArrayList<>();
			for (int i = 0; i < this.slots.size() && (all || created.isEmpty()); i++) {
				if (this.slots.get(i) == null) {
					NodeProcess process = new NodeProcess(this.context, this.generation, this);
					this.slots.set(i, process);
					created.add(process);
				}
			}
			return created;
		}
	}

	private boolean mayStart() {
		if (this.context.settings().activation() == ProcessActivation.ON_DEMAND && hasAny(NodeProcessState.STARTING)) {
			return false;
		}
		return !hasAny(NodeProcessState.READY) || System.nanoTime() - this.nextStart >= 0;
	}

	private boolean hasAny(NodeProcessState state) {
		return this.slots.stream().anyMatch((process) -> process != null && process.state() == state);
	}

	private static void launch(List<NodeProcess> processes) {
		processes.forEach(NodeProcess::start);
	}

	@Override
	public void ready(NodeProcess process) {
		this.context.rapidFail().ready();
		boolean opened;
		boolean stray;
		synchronized (this.lock) {
			this.toldFailure = null;
			stray = this.drained;
			opened = this.open || openIfComplete();
		}
		if (stray) {
			process.drain();
		}
		else if (opened) {
			this.listener.slotsFree();
		}
	}

	private boolean openIfComplete() {
		if (!hasAny(NodeProcessState.STARTING)) {
			this.open = hasAny(NodeProcessState.READY);
			this.candidate &= !this.open;
		}
		else if (!this.openScheduled && hasAny(NodeProcessState.READY)) {
			this.openScheduled = true;
			later(this::openNow, WAIT_FOR_SLOWER.toNanos());
		}
		return this.open;
	}

	private void later(Runnable action, long nanos) {
		this.context.services().async().next().schedule(action, nanos, TimeUnit.NANOSECONDS);
	}

	private void openNow() {
		boolean opened;
		synchronized (this.lock) {
			this.openScheduled = false;
			this.open = this.open || hasAny(NodeProcessState.READY);
			opened = this.open;
			this.candidate &= !opened;
		}
		if (opened) {
			this.listener.slotsFree();
		}
	}

	@Override
	public void slotFreed(NodeProcess process) {
		this.listener.slotsFree();
	}

	@Override
	public void exited(NodeProcess process) {
		ProcessStartException failure = process.startFailure();
		boolean opened;
		boolean hopeless;
		boolean told = this.context.rapidFail().isTold();
		Duration nextTry = (process.hasFailed() && !this.candidate) ? this.context.rapidFail().failed(failure) : null;
		synchronized (this.lock) {
			int index = this.slots.indexOf(process);
			if (index >= 0) {
				this.slots.set(index, null);
			}
			this.draining.remove(process);
			if (failure != null) {
				this.nextStart = System.nanoTime() + RESTART_DELAY_NANOS;
			}
			this.open = this.open && hasAny(NodeProcessState.READY);
			opened = this.open || openIfComplete();
			hopeless = failure != null && !this.drained && this.slots.stream().allMatch(Objects::isNull);
			told |= failure != null && Objects.equals(failure.getMessage(), this.toldFailure);
			if (failure != null) {
				this.toldFailure = hopeless ? null : failure.getMessage();
			}
		}
		if (failure != null && !told) {
			log.error("{}{}", failure.getMessage(),
					(failure.commandLine() != null) ? " [" + failure.commandLine() + "]" : "");
		}
		if (nextTry != null) {
			later(this::tryAgain, nextTry.toNanos());
		}
		if (hopeless) {
			ProcessStartException suspension = suspension();
			this.listener.startFailed((suspension != null) ? suspension : Objects.requireNonNull(failure));
			return;
		}
		if (failure != null) {
			// Nothing else may happen until then that reminds of those who wait.
			later(this.listener::slotsFree, RESTART_DELAY_NANOS);
		}
		if (opened || failure == null) {
			// Waiting requests start the replacement.
			this.listener.slotsFree();
		}
	}

	/**
	 * Starts one process, after starting has been suspended for a while.
	 */
	private void tryAgain() {
		NodeProcess process = null;
		synchronized (this.lock) {
			if (this.drained || !this.context.rapidFail().tryAgain()) {
				return;
			}
			int free = this.slots.indexOf(null);
			if (free >= 0) {
				process = new NodeProcess(this.context, this.generation, this);
				this.slots.set(free, process);
			}
		}
		if (process == null) {
			// Those that were starting then have come through.
			this.context.rapidFail().ready();
			return;
		}
		process.start();
	}

	/**
	 * Why nothing runs and nothing will be started for a while.
	 * @return the failure of requests that come now; null if a process runs, starts or
	 * may be started
	 */
	public @Nullable ProcessStartException suspension() {
		StartsSuspendedException suspension = this.context.rapidFail().suspension();
		if (suspension == null) {
			return null;
		}
		synchronized (this.lock) {
			return this.slots.stream().allMatch(Objects::isNull) ? suspension : null;
		}
	}

	@Override
	public void recycleRequested() {
		this.listener.recycleRequested();
	}

	/**
	 * Gives out no more leases, lets the active ones finish, ends all processes.
	 * @return completes when all are gone
	 */
	public CompletableFuture<Void> drain() {
		List<NodeProcess> ending;
		synchronized (this.lock) {
			this.drained = true;
			this.open = false;
			for (int i = 0; i < this.slots.size(); i++) {
				NodeProcess process = this.slots.set(i, null);
				if (process != null) {
					this.draining.add(process);
				}
			}
			ending = List.copyOf(this.draining);
		}
		ending.forEach(NodeProcess::drain);
		return CompletableFuture.allOf(ending.stream().map(NodeProcess::exited).toArray(CompletableFuture[]::new));
	}

	/**
	 * Tells long requests that the host stops, so that they end: those that never would
	 * by themselves, such as WebSockets and streams of events.
	 * @param all whether to tell those too that may well end by themselves
	 */
	public void endLongLived(boolean all) {
		processes().forEach((process) -> process.announce(all ? EndNotice.FORCE : EndNotice.HOST_STOPS));
	}

	/**
	 * Whether requests are given out.
	 * @return true as soon as the processes that started together are ready
	 */
	public boolean isOpen() {
		synchronized (this.lock) {
			return this.open;
		}
	}

	/**
	 * Whether anything was ever needed.
	 * @return true if a process runs or starts
	 */
	public boolean isRunning() {
		return !processes().isEmpty();
	}

	/**
	 * Number of the generation.
	 * @return the number
	 */
	public int generation() {
		return this.generation;
	}

	/**
	 * The processes as they are now, the draining ones last.
	 * @return one snapshot each
	 */
	public List<ProcessSnapshot> snapshot() {
		return processes().stream().map(NodeProcess::snapshot).toList();
	}

	private List<NodeProcess> processes() {
		synchronized (this.lock) {
			List<NodeProcess> processes = new ArrayList<>();
			for (NodeProcess process : this.slots) {
				if (process != null) {
					processes.add(process);
				}
			}
			processes.addAll(this.draining);
			return processes;
		}
	}

	/**
	 * News for the application. Called on any thread, without a lock; must not block.
	 */
	public interface Listener {

		/**
		 * A lease may be had now, or a process has to be replaced.
		 */
		void slotsFree();

		/**
		 * No process runs and the last one could not be started.
		 * @param failure why
		 */
		void startFailed(ProcessStartException failure);

		/**
		 * The application asked for a recycle through its control pipe.
		 */
		void recycleRequested();

	}

}
