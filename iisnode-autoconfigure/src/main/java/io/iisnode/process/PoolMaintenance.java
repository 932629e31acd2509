package io.iisnode.process;

import java.util.List;

import io.netty.channel.EventLoop;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.process.Replacements.Replacement;

/**
 * Looks after the processes of a pool that work: replaces those that have reached a limit
 * or are to be recycled, takes out those that cannot serve any more, ends those that
 * nobody needs.
 * <p>
 * A replacement is ready, and has the place of the old process in the order of turns,
 * before the old one begins to drain. Only a process that is stuck or does not listen is
 * taken out at once.
 * <p>
 * Has the lock of its {@link NodeProcessManager}; what is said to be called with it is
 * called by that. Runs a timer only while there is something to look at.
 */
@Slf4j
final class PoolMaintenance {

	private static final int MAX_MEMORY_REPORTS = 64 * RecyclePolicy.MEMORY_REPORTS;

	private final NodeProcessManager manager;

	private final Object lock;

	private final ProcessSlots slots;

	private final ProcessStarter starter;

	private final PoolOpening opening;

	private final PoolListener listener;

	private final boolean watching;

	private final Replacements replacements = new Replacements();

	private final IdleProcesses idleProcesses;

	private final PoolTimer timer;

	private boolean stopped;

	PoolMaintenance(NodeProcessManager manager, Object lock, ProcessSlots slots, ProcessStarter starter,
			PoolOpening opening, PoolListener listener, EventLoop eventLoop) {
		this.manager = manager;
		this.lock = lock;
		this.slots = slots;
		this.starter = starter;
		this.opening = opening;
		this.listener = listener;
		ProcessSettings settings = starter.settings();
		this.watching = settings.limits().needWatching() || settings.idleTimeout() != null;
		this.idleProcesses = new IdleProcesses(settings.idleTimeout(), settings.minProcessCount(), System.nanoTime());
		this.timer = new PoolTimer(eventLoop, settings, this::check);
	}

	/**
	 * Has a process replaced as soon as that may be.
	 * @param pid its id
	 * @param reason why
	 * @return false if there is no such process
	 */
	boolean recycle(long pid, RecycleReason reason) {
		synchronized (this.lock) {
			NodeProcess process = find(pid);
			if (process == null) {
				return false;
			}
			if (this.slots.contains(process) || process == this.replacements.fresh()) {
				this.replacements.want(process, reason);
			}
		}
		check();
		return true;
	}

	private @Nullable NodeProcess find(long pid) {
		return this.slots.all(fresh())
			.stream()
			.filter((process) -> pid > 0 && process.pid() == pid)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Looks at all processes now.
	 */
	void check() {
		check(false);
	}

	private void check(boolean hostWasAway) {
		boolean mayReplace = this.listener.mayReplace();
		NodeProcess stuck = null;
		NodeProcess fresh = null;
		List<NodeProcess> idle;
		synchronized (this.lock) {
			if (this.stopped) {
				return;
			}
			long now = System.nanoTime();
			for (NodeProcess process : this.slots.occupants()) {
				if (hostWasAway) {
					process.policy().hostWasAway(now);
				}
				if (isStuck(process, now) && mayReplace && !this.slots.has(NodeProcessState.STARTING)) {
					stuck = process;
				}
				RecycleReason reason = process.policy().exceeded(now, process.totalRequests());
				if (reason != null) {
					this.replacements.want(process, reason);
				}
			}
			idle = endIdle(now);
			NodeProcess due = (mayReplace && this.starter.mayStart()) ? this.replacements.next(now, this.slots) : null;
			if (due != null) {
				fresh = this.starter.create();
				this.replacements.begin(due, fresh);
			}
			watch();
		}
		if (fresh != null) {
			fresh.start();
		}
		if (stuck != null) {
			takeOut(stuck, RecycleReason.EVENT_LOOP_DELAY);
		}
		for (NodeProcess process : idle) {
			log.info("{} ends, because {}", process, RecycleReason.IDLE.words());
			end(process, RecycleReason.IDLE);
		}
	}

	private static boolean isStuck(NodeProcess process, long now) {
		return process.state() == NodeProcessState.READY && process.policy().isStuck(now);
	}

	private List<NodeProcess> endIdle(long now) {
		List<NodeProcess> idle = this.idleProcesses.find(now, this.slots.occupants());
		for (NodeProcess process : idle) {
			this.slots.leave(process, this.replacements.cancel(process));
		}
		this.opening.closeIfEmpty();
		return idle;
	}

	/**
	 * Takes a process out that cannot serve. It counts as failed; its place is filled at
	 * once, if processes may be started. Does nothing if it has no place any more.
	 */
	void takeOut(NodeProcess process, RecycleReason reason) {
		synchronized (this.lock) {
			if (!this.slots.contains(process)) {
				return;
			}
			this.slots.leave(process, this.replacements.cancel(process));
			this.opening.closeIfEmpty();
		}
		log.warn("{} is taken out and replaced, because {}", process, reason.words());
		end(process, reason);
		this.manager.countFailure(process, null);
		this.manager.start();
		this.listener.slotsFree();
	}

	/**
	 * A process has been replaced: it may finish what it has.
	 */
	void replaced(Replacement replacement) {
		log.info("{} is recycled, because {}: process {} takes its place", replacement.old(),
				replacement.reason().words(), replacement.fresh().pid());
		end(replacement.old(), replacement.reason());
	}

	private void end(NodeProcess process, RecycleReason reason) {
		process.endBecause(reason);
		process.drain();
		this.listener.recycled(process.pid(), reason);
	}

	/**
	 * Starts the timer if there is something to look at. To be called with the lock.
	 */
	void watch() {
		if (this.replacements.isBusy() || (this.watching && !this.slots.isEmpty())) {
			this.timer.start();
		}
	}

	/**
	 * A process is ready; if it is a replacement, it takes the place. To be called with
	 * the lock.
	 * @return what was replaced, null if nothing
	 */
	@Nullable Replacement ready(NodeProcess process) {
		Replacement completed = this.replacements.complete(process);
		if (completed != null) {
			this.slots.leave(completed.old(), process);
			// Where new processes are too large at once, it is of little use to replace
			// them.
			boolean inVain = completed.reason() == RecycleReason.MAX_MEMORY
					&& completed.old().policy().isMemoryLimitInVain();
			this.starter.allowMemoryReports(inVain ? Math.min(2 * this.starter.memoryReports(), MAX_MEMORY_REPORTS)
					: RecyclePolicy.MEMORY_REPORTS);
		}
		return completed;
	}

	/**
	 * A process is gone, and has no place any more. To be called with the lock.
	 * @return the replacement that has failed by that, null if it was none
	 */
	@Nullable Replacement gone(NodeProcess process) {
		Replacement failed = this.replacements.failed(process, System.nanoTime());
		this.slots.gone(process, this.replacements.cancel(process));
		watch();
		return failed;
	}

	/**
	 * Ends the care for good. To be called with the lock.
	 * @return the replacement that is starting, null if there is none
	 */
	@Nullable NodeProcess stop() {
		this.stopped = true;
		this.timer.stop();
		return this.replacements.cancelAll();
	}

	/**
	 * The replacement that is starting, null if there is none. To be called with the
	 * lock.
	 */
	@Nullable NodeProcess fresh() {
		return this.replacements.fresh();
	}

	/**
	 * Whether the timer runs.
	 */
	boolean isWatching() {
		return this.timer.isRunning();
	}

}
