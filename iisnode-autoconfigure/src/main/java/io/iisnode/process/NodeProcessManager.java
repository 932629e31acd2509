package io.iisnode.process;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.process.Replacements.Replacement;

/**
 * The processes of one generation of an application: starts them up to the limit, chooses
 * one for each request, replaces those that died when they are needed, and those that
 * have reached a limit when their replacement is ready.
 * <p>
 * Life: nothing runs until the first {@link #tryLease} or {@link #start}. Processes that
 * start together are <em>open</em> together: turns are strict from the first request on,
 * because none is given out until all are ready, or 1 s has passed since the first one
 * was. From the first start on, the minimum is kept ready. {@link #drain()} ends the
 * generation.
 * <p>
 * Thread-safe; the lock is held for some hundred nanoseconds and never while calling out.
 */
@Slf4j
public final class NodeProcessManager implements ProcessListener {

	private static final Duration WAIT_FOR_SLOWER = Duration.ofSeconds(1);

	private final ProcessContext context;

	private final int generation;

	private final PoolListener listener;

	private final ProcessSelector selector;

	private final Object lock = new Object();

	private final ProcessSlots slots;

	private final ProcessStarter starter;

	private final PoolOpening opening;

	private final PoolMaintenance maintenance;

	private final StartRetries retries;

	private final ReadyWaiters waiters = new ReadyWaiters();

	private boolean drained;

	/**
	 * Creates the manager; starts nothing.
	 * @param context what the processes have in common
	 * @param generation number of the generation
	 * @param listener told of free slots and failures
	 */
	public NodeProcessManager(ProcessContext context, int generation, PoolListener listener) {
		this.context = context;
		this.generation = generation;
		this.listener = listener;
		this.selector = ProcessSelector.of(context.settings().selection());
		this.slots = new ProcessSlots(context.settings().processCount());
		this.starter = new ProcessStarter(context, generation, this.slots, this);
		this.opening = new PoolOpening(this.slots, () -> later(this::openNow, WAIT_FOR_SLOWER));
		this.maintenance = new PoolMaintenance(this, this.lock, this.slots, this.starter, this.opening, listener,
				context.services().async().next());
		this.retries = new StartRetries(context, this.lock, this.slots, this.starter, this.maintenance, listener);
	}

	/**
	 * Starts what the activation asks for, if it has not been started.
	 */
	public void start() {
		List<NodeProcess> toStart;
		synchronized (this.lock) {
			toStart = created(this.starter.missing());
		}
		toStart.forEach(NodeProcess::start);
	}

	/** New processes have a place. To be called with the lock. */
	private List<NodeProcess> created(List<NodeProcess> created) {
		this.maintenance.watch();
		return created;
	}

	/** Those below the minimum, or waited for. To be called with the lock. */
	private List<NodeProcess> missingToMinimum() {
		return this.starter.fill(Math.max(this.context.settings().minProcessCount(), this.waiters.wanted()));
	}

	/**
	 * Starts as {@link #start()} does, while an older generation serves: failures do not
	 * count against the application until this one is open.
	 */
	public void startAsCandidate() {
		synchronized (this.lock) {
			this.starter.becomeCandidate();
		}
		start();
	}

	/**
	 * Starts processes until there are so many, and waits for them.
	 * @param count processes that are wanted; more than there may be are not started
	 * @return completes when they are ready, or this generation is over; fails with
	 * {@link ProcessStartException} as soon as one process could not be started
	 */
	public CompletableFuture<Void> start(int count) {
		int wanted = Math.min(count, this.slots.size());
		List<NodeProcess> toStart;
		CompletableFuture<Void> ready;
		synchronized (this.lock) {
			toStart = created(this.starter.fill(wanted));
			ready = (this.drained || this.slots.count(NodeProcessState.READY) >= wanted)
					? CompletableFuture.completedFuture(null) : this.waiters.add(wanted);
		}
		toStart.forEach(NodeProcess::start);
		return ready;
	}

	/**
	 * Takes a slot of a process, and starts those that have gone missing beside it.
	 * @param waiting whether somebody waits for it, so that processes are to be started
	 * if none is free
	 * @param affinity what ties the request to a process; null: nothing
	 * @return a lease, or null if no process is ready and free now; the listener is told
	 * when that changes
	 */
	public @Nullable ProcessLease tryLease(boolean waiting, @Nullable Affinity affinity) {
		ProcessLease lease;
		List<NodeProcess> toStart;
		synchronized (this.lock) {
			if (this.drained) {
				return null;
			}
			lease = this.opening.isOpen() ? this.selector.select(this.slots.inTurn(), affinity) : null;
			toStart = ((lease != null) ? this.starter.isIncomplete() : waiting) ? created(this.starter.missing())
					: List.of();
		}
		toStart.forEach(NodeProcess::start);
		return lease;
	}

	@Nullable ProcessLease tryLease(boolean waiting) {
		return tryLease(waiting, null);
	}

	@Override
	public void ready(NodeProcess process) {
		boolean opened;
		boolean stray;
		Replacement replaced;
		List<CompletableFuture<Void>> served;
		List<NodeProcess> toStart;
		this.context.rapidFail().ready();
		synchronized (this.lock) {
			stray = this.drained;
			replaced = this.maintenance.ready(process);
			opened = this.opening.openIfComplete();
			this.starter.ready(opened);
			served = this.waiters.take(this.slots.count(NodeProcessState.READY));
			toStart = created(missingToMinimum());
		}
		if (stray) {
			process.drain();
			return;
		}
		if (replaced != null) {
			this.maintenance.replaced(replaced);
		}
		toStart.forEach(NodeProcess::start);
		served.forEach((future) -> future.complete(null));
		if (opened) {
			this.listener.slotsFree();
		}
	}

	private void later(Runnable action, Duration delay) {
		this.context.services().async().next().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void openNow() {
		boolean opened;
		synchronized (this.lock) {
			opened = this.opening.openNow();
			this.starter.opened(opened);
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
		boolean told = this.context.rapidFail().isTold();
		if (process.hasFailed()) {
			countFailure(process, failure);
		}
		boolean opened;
		boolean hopeless;
		boolean untold;
		Replacement failed;
		List<CompletableFuture<Void>> disappointed;
		List<NodeProcess> toStart;
		synchronized (this.lock) {
			failed = this.maintenance.gone(process);
			this.opening.closeIfEmpty();
			opened = this.opening.openIfComplete();
			hopeless = failure != null && !this.drained && this.slots.isEmpty();
			untold = failure != null && this.starter.failed(failure, hopeless) && !told;
			disappointed = (failure != null) ? this.waiters.takeAll() : List.of();
			toStart = (failure != null) ? List.of() : created(missingToMinimum());
		}
		if (failure != null) {
			failed(failure, untold, failed);
			disappointed.forEach((future) -> future.completeExceptionally(failure));
		}
		toStart.forEach(NodeProcess::start);
		if (hopeless) {
			ProcessStartException suspension = suspension();
			this.listener.startFailed((suspension != null) ? suspension : Objects.requireNonNull(failure));
		}
		else if (opened || failure == null) {
			// Waiting requests start the replacement.
			this.listener.slotsFree();
		}
		this.maintenance.check();
	}

	private void failed(ProcessStartException failure, boolean untold, @Nullable Replacement failed) {
		String command = failure.commandLine();
		if (untold) {
			log.error("{}{}", failure.getMessage(), (command != null) ? " [" + command + "]" : "");
		}
		if (failed != null) {
			log.warn("{} stays, because its replacement did not start; another one will be tried", failed.old());
		}
		// Nothing else may happen until then that reminds of those who wait.
		later(() -> remind(failure instanceof ScriptNotFoundException), ProcessStarter.RESTART_DELAY);
	}

	private void remind(boolean inVain) {
		boolean waited;
		List<NodeProcess> toStart;
		synchronized (this.lock) {
			toStart = created(inVain ? this.starter.fill(this.waiters.wanted()) : missingToMinimum());
			waited = !this.slots.isEmpty();
		}
		toStart.forEach(NodeProcess::start);
		if (waited) {
			this.listener.slotsFree();
		}
	}

	void countFailure(NodeProcess process, @Nullable ProcessStartException failure) {
		this.retries.count(process, failure);
	}

	/**
	 * Starts one process, if starting is suspended and it is time to see whether
	 * processes work again.
	 */
	public void tryAgain() {
		this.retries.tryAgain();
	}

	/**
	 * Why nothing runs and nothing will be started for a while.
	 * @return the failure of requests that come now; null if a process runs, starts or
	 * may be started
	 */
	public @Nullable ProcessStartException suspension() {
		return this.retries.suspension();
	}

	/**
	 * Why no request is served although processes were started.
	 * @return the latest failure; null if requests are served, or nothing has failed
	 * since they were
	 */
	public @Nullable ProcessStartException startFailure() {
		synchronized (this.lock) {
			return this.opening.isOpen() ? null : this.starter.lastFailure();
		}
	}

	@Override
	public void closed(NodeProcess process) {
		this.maintenance.takeOut(process, RecycleReason.LISTENER_CLOSED);
	}

	@Override
	public void requestLimitReached(NodeProcess process) {
		this.maintenance.check();
	}

	@Override
	public void recycleRequested() {
		this.listener.recycleRequested();
	}

	/**
	 * Replaces one process: when its replacement is ready, it lets its active requests
	 * finish and ends. Only one process is replaced at a time; others wait. One that is
	 * still starting is replaced when it is ready, one that ends already is not.
	 * @param pid its id
	 * @param reason why
	 * @return false if there is no such process
	 */
	public boolean recycle(long pid, RecycleReason reason) {
		return this.maintenance.recycle(pid, reason);
	}

	/**
	 * Gives out no more leases, lets the active ones finish, ends all processes.
	 * @return completes when all are gone
	 */
	public CompletableFuture<Void> drain() {
		List<NodeProcess> ending;
		List<CompletableFuture<Void>> waiting;
		synchronized (this.lock) {
			this.drained = true;
			this.starter.stop();
			ending = this.slots.leaveAll(this.maintenance.stop());
			this.opening.closeIfEmpty();
			waiting = this.waiters.takeAll();
		}
		ending.forEach(NodeProcess::drain);
		waiting.forEach((future) -> future.complete(null));
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
			return this.opening.isOpen();
		}
	}

	/**
	 * Whether anything was ever needed.
	 * @return true if a process runs or starts
	 */
	public boolean isRunning() {
		return !processes().isEmpty();
	}

	boolean isWatching() {
		return this.maintenance.isWatching();
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
			return this.slots.all(this.maintenance.fresh());
		}
	}

}
