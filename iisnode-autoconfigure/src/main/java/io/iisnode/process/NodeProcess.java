package io.iisnode.process;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeConnectionPool;

/**
 * One node process: its slots, its connections, its end.
 * <p>
 * Life: {@link #start} launches it on a thread that may block; it is ready when the agent
 * reports that the application listens; {@link #drain} lets active requests finish and
 * then ends it, by force when the grace is over; {@link #exited} completes when the
 * process of the operating system is gone and its pipes are removed. A
 * {@code NodeProcess} outlives that process and its leases outlive neither.
 * <p>
 * Thread-safe: state and load are one atomic value.
 */
@Slf4j
public final class NodeProcess {

	private static final AtomicReferenceFieldUpdater<NodeProcess, ProcessLoad> LOAD = AtomicReferenceFieldUpdater
		.newUpdater(NodeProcess.class, ProcessLoad.class, "load");

	/**
	 * Until then the end of a process is known, even on a machine that is very busy.
	 */
	private static final Duration BROKEN_SLOT_DELAY = Duration.ofMillis(200);

	/**
	 * Until then an application that has closed its server may open another one.
	 */
	private static final Duration NEXT_LISTENER_DELAY = Duration.ofMillis(500);

	private final String application;

	private final int generation;

	private final ProcessSettings settings;

	private final ProcessListener listener;

	private final ExitHistory exits;

	private final ProcessRun run;

	private final PipeConnectionPool connections;

	private final RecyclePolicy policy;

	private volatile ProcessLoad load = ProcessLoad.STARTING;

	/**
	 * Exchanges that want to know when the end is near.
	 */
	private final Set<ProcessLease> longLived = ConcurrentHashMap.newKeySet();

	private volatile EndNotice notice = EndNotice.NONE;

	private final AtomicLong totalRequests = new AtomicLong();

	private final Instant startedAt = Instant.now();

	private final CompletableFuture<ProcessExit> exited = new CompletableFuture<>();

	private volatile @Nullable ProcessStartException startFailure;

	private volatile boolean failed;

	private volatile @Nullable RecycleReason endReason;

	private volatile boolean listens;

	private volatile boolean unreachable;

	/**
	 * Creates the process; it is not launched yet.
	 * @param context what it has in common with others
	 * @param generation number of its generation
	 * @param memoryReports see {@link RecyclePolicy}
	 * @param listener told what happens to it
	 */
	NodeProcess(ProcessContext context, int generation, int memoryReports, ProcessListener listener) {
		this.application = context.application();
		this.generation = generation;
		this.settings = context.settings();
		this.listener = listener;
		this.exits = context.exits();
		this.run = new ProcessRun(context, this);
		this.connections = new PipeConnectionPool(context.connector(), this.run.pipe(), context.connectionSettings());
		this.policy = new RecyclePolicy(this.settings.limits(), AgentCommand.STATS_INTERVAL, memoryReports,
				ThreadLocalRandom.current().nextDouble(), System.nanoTime());
	}

	/**
	 * Launches the process. Does not block; to be called once.
	 */
	void start() {
		this.run.start();
	}

	/**
	 * Takes a slot.
	 * @return a lease, or null if the process is not ready or full
	 */
	@Nullable ProcessLease tryLease() {
		while (true) {
			ProcessLoad current = this.load;
			if (!current.mayTakeOneMore(this.settings.maxConcurrentRequests())) {
				return null;
			}
			if (LOAD.compareAndSet(this, current, current.plusOne())) {
				if (this.totalRequests.incrementAndGet() == this.policy.requestLimit()) {
					// Not now: whoever asks for a lease may hold a lock.
					this.run.later(() -> this.listener.requestLimitReached(this), Duration.ZERO);
				}
				return new ProcessLease(this);
			}
		}
	}

	/**
	 * Gives back a slot.
	 * @param broken whether the process has ended the connection before its response was
	 * complete. A dying one does so a moment before its end is known, and whoever waits
	 * must not be sent there
	 */
	void released(boolean broken) {
		if (broken && state() == NodeProcessState.READY) {
			this.run.later(this::freeSlot, BROKEN_SLOT_DELAY);
		}
		else {
			freeSlot();
		}
	}

	private void freeSlot() {
		ProcessLoad now = LOAD.updateAndGet(this, ProcessLoad::minusOne);
		if (now.isDrained()) {
			stop();
		}
		else if (now.state() == NodeProcessState.READY) {
			this.listener.slotFreed(this);
		}
	}

	/**
	 * Takes no new requests, lets the active ones finish, then ends the process. Near the
	 * end of the grace those that go on are told, the process is told to end even so, and
	 * then it is killed, whatever it does. Does nothing if that has begun.
	 */
	void drain() {
		// First: the last request may leave, and so begin the end, in the next moment.
		this.run.planEnd(this.settings.gracefulShutdownTimeout());
		ProcessLoad before = transition(NodeProcessState.DRAINING);
		if (before == null) {
			return;
		}
		if (before.state() == NodeProcessState.STARTING) {
			// Nobody has used it, and it may not be able to hear us yet.
			this.run.kill();
			return;
		}
		this.run.endWhenGraceIsOver();
		if (this.load.isDrained()) {
			stop();
		}
	}

	/**
	 * Tells the process to end, even with active requests.
	 */
	void stop() {
		if (transition(NodeProcessState.STOPPING) != null) {
			this.connections.close();
			this.run.requestEnd();
		}
	}

	/**
	 * Adds an exchange that wants to know when the end is near.
	 */
	void tellOfEnd(ProcessLease lease) {
		// In this order: whoever gives notice first changes it, then looks at the leases.
		this.longLived.add(lease);
		lease.told(this.notice);
	}

	void forget(ProcessLease lease) {
		this.longLived.remove(lease);
	}

	/**
	 * Tells exchanges that go on that the end is near, those too that come later.
	 */
	void announce(EndNotice given) {
		if (given.includes(this.notice)) {
			this.notice = given;
		}
		for (ProcessLease lease : this.longLived) {
			try {
				lease.told(this.notice);
			}
			catch (RuntimeException ex) {
				log.error("A request for {} could not be ended", this, ex);
			}
		}
	}

	/**
	 * Moves on to a state if that is legal now.
	 * @return the load before, null if the transition is not legal
	 */
	private @Nullable ProcessLoad transition(NodeProcessState next) {
		while (true) {
			ProcessLoad current = this.load;
			if (!next.mayFollow(current.state())) {
				return null;
			}
			if (LOAD.compareAndSet(this, current, current.with(next))) {
				log.debug("{}: {} -> {}", this, current.state(), next);
				return current;
			}
		}
	}

	void listening() {
		this.listens = true;
		this.policy.listening(System.nanoTime());
		if (transition(NodeProcessState.READY) != null) {
			log.info("{} listens after {} ms", this, this.policy.age(System.nanoTime()).toMillis());
			this.listener.ready(this);
		}
	}

	/**
	 * The application has closed its server. Some do so to open another one at once.
	 */
	void listenerClosed() {
		this.listens = false;
		this.run.later(() -> {
			if (!this.listens) {
				this.unreachable = true;
				this.listener.closed(this);
			}
		}, NEXT_LISTENER_DELAY);
	}

	void recycleRequested() {
		this.listener.recycleRequested();
	}

	/**
	 * The end, however it came. To be called once.
	 * @param failure why it never listened, null if it did
	 */
	void ended(@Nullable ProcessStartException failure) {
		ProcessLoad before = transition(NodeProcessState.EXITED);
		if (before == null) {
			return;
		}
		this.connections.close();
		this.failed = before.state() == NodeProcessState.STARTING || before.state() == NodeProcessState.READY;
		if (before.state() == NodeProcessState.STARTING) {
			this.startFailure = failure;
		}
		this.listener.exited(this);
	}

	/**
	 * Its last words are known. To be called after {@link #ended}.
	 * @param code exit code, -1 if it could not be launched
	 * @param lastWords the end of its stderr, may be empty
	 */
	void exited(int code, String lastWords) {
		ProcessStartException failure = this.startFailure;
		ExitReason reason = (failure != null) ? ExitReason.START_FAILURE
				: this.failed ? ExitReason.CRASH : ExitReason.RECYCLE;
		ProcessExit exit = new ProcessExit(pid(), this.generation, reason, causeOf(reason), code, this.startedAt,
				Instant.now(), this.totalRequests.get(), lastWords);
		if (reason == ExitReason.CRASH) {
			log.warn("{} has ended unexpectedly with {}{}", this, exit.inWords(),
					lastWords.isBlank() ? "" : "; its last words: " + lastWords.strip());
		}
		else if (reason == ExitReason.RECYCLE) {
			log.info("{} has ended with {}", this, exit.inWords());
		}
		if (!(failure instanceof ScriptNotFoundException)) {
			this.exits.add(exit);
		}
		this.exited.complete(exit);
	}

	private @Nullable String causeOf(ExitReason reason) {
		ProcessStartException failure = this.startFailure;
		RecycleReason own = this.endReason;
		return switch (reason) {
			case CRASH -> null;
			case START_FAILURE -> (failure != null) ? failure.getMessage() : null;
			case RECYCLE -> (own != null) ? own.words() : this.exits.causeOf(this.generation);
		};
	}

	/**
	 * Notes why it alone is about to be drained.
	 */
	void endBecause(RecycleReason reason) {
		this.endReason = reason;
	}

	/**
	 * Why the process never listened.
	 * @return the failure, null if it did or has not been tried
	 */
	@Nullable ProcessStartException startFailure() {
		return this.startFailure;
	}

	/**
	 * Whether nobody had told it to end.
	 * @return true if it has ended by itself or never listened
	 */
	boolean hasFailed() {
		return this.failed;
	}

	/**
	 * Completes when the process is gone and cleaned up.
	 * @return how it ended
	 */
	CompletableFuture<ProcessExit> exited() {
		return this.exited;
	}

	NodeProcessState state() {
		return this.load.state();
	}

	int active() {
		return this.load.active();
	}

	boolean isAlive() {
		return state() != NodeProcessState.EXITED;
	}

	/**
	 * Whether a new connection may be had, now or soon.
	 */
	boolean isConnectable() {
		return isAlive() && !this.unreachable;
	}

	long totalRequests() {
		return this.totalRequests.get();
	}

	RecyclePolicy policy() {
		return this.policy;
	}

	long pid() {
		return this.run.pid();
	}

	int generation() {
		return this.generation;
	}

	PipeConnectionPool connections() {
		return this.connections;
	}

	ProcessSnapshot snapshot() {
		ProcessLoad current = this.load;
		ProcessUsage usage = this.run.usage();
		return new ProcessSnapshot(pid(), current.state(), this.generation, current.active(),
				this.settings.maxConcurrentRequests(), this.totalRequests.get(), this.startedAt, this.run.pipe().path(),
				(usage != null) ? usage.memory() : null, (usage != null) ? usage.cpuTime() : null,
				(usage != null) ? usage.eventLoopDelay() : null, this.connections.upgradedCount());
	}

	@Override
	public String toString() {
		return "Process " + pid() + " of application '" + this.application + "' (generation " + this.generation + ")";
	}

}
