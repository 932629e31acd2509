package io.iisnode.application;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.util.concurrent.ScheduledFuture;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.iisnode.process.Affinity;
import io.iisnode.process.NodeProcessManager;
import io.iisnode.process.ProcessContext;
import io.iisnode.process.ProcessExit;
import io.iisnode.process.ProcessLease;
import io.iisnode.process.ProcessSnapshot;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.RecycleReason;
import io.iisnode.transport.AsyncManager;

/**
 * One Node application: a script, its waiting requests, its generations of processes.
 * <p>
 * Life: ACTIVE from creation on; processes start with the first request. A recycle starts
 * a new generation, which takes over when it is ready; the old one finishes what it has.
 * DISPOSED is the end, unless the host that has stopped it starts again.
 * <p>
 * Thread-safe and never blocking.
 */
@Slf4j
public final class NodeApplication {

	private final ApplicationDefinition definition;

	private final ProcessContext context;

	private final AsyncManager async;

	private final PendingRequestQueue<Acquisition.Waiting> queue;

	/**
	 * Calls of {@link #dispatch()} that are not done yet. The one that makes it 1 does
	 * the work of all, so that waiting requests and free slots are matched by one thread
	 * at a time, in order and without recursion.
	 */
	private final AtomicInteger dispatches = new AtomicInteger();

	private final AtomicLong totalRequests = new AtomicLong();

	private final AtomicLong rejectedRequests = new AtomicLong();

	private final Generations generations;

	private final RecycleTriggers triggers;

	private volatile boolean hostStops;

	NodeApplication(ApplicationDefinition definition, ProcessContext context) {
		this.definition = definition;
		this.context = context;
		this.async = context.services().async();
		this.queue = new PendingRequestQueue<>(definition.settings().queue().maxPending());
		this.generations = new Generations(this, context, definition.settings().recycleStrategy());
		this.triggers = new RecycleTriggers(definition.name(), this.generations, context);
	}

	/**
	 * The unique name.
	 * @return the name, as in the actuator
	 */
	public String name() {
		return this.definition.name();
	}

	/**
	 * What the application is.
	 * @return its definition
	 */
	public ApplicationDefinition definition() {
		return this.definition;
	}

	/**
	 * The state.
	 * @return the state now
	 */
	public NodeApplicationState state() {
		return this.generations.state();
	}

	/**
	 * Number of the generation that takes new requests.
	 * @return 1 or more, each larger than the one before
	 */
	public int generation() {
		return this.generations.current().generation();
	}

	/**
	 * Whether the host has begun to stop, so that connections of clients are to be given
	 * up.
	 * @return true until the host starts again
	 */
	public boolean isHostStopping() {
		return this.hostStops;
	}

	/**
	 * The I/O threads that exchanges with this application run on.
	 * @return the manager of event loops
	 */
	public AsyncManager async() {
		return this.async;
	}

	/**
	 * Asks for a process. The lease comes at once if one has a free slot and nobody
	 * waits, else in turn. Cancelling leaves the queue; whoever gets the lease must
	 * release it.
	 * @return the lease, on any thread; or {@link RequestRejectedException} if too many
	 * wait or the wait is too long, or {@link ProcessStartException}
	 */
	public Mono<RequestLease> acquire() {
		return acquire(null);
	}

	/**
	 * Asks for a process as {@link #acquire()} does, for a certain one if that has a free
	 * slot.
	 * @param affinity what ties the request to a process; null: nothing
	 * @return the lease
	 */
	public Mono<RequestLease> acquire(@Nullable Affinity affinity) {
		return new Acquisition(this, false, affinity);
	}

	/**
	 * Asks for another process on behalf of a request whose turn had come already: it
	 * stands before all others, and in a full queue too.
	 */
	Mono<RequestLease> reacquire() {
		return new Acquisition(this, true, null);
	}

	@Nullable ProcessLease leaseAtOnce(boolean returning, @Nullable Affinity affinity) {
		ProcessLease lease = (returning || this.queue.isEmpty()) ? tryLease(false, affinity) : null;
		if (lease != null) {
			this.totalRequests.incrementAndGet();
		}
		return lease;
	}

	private @Nullable ProcessLease tryLease(boolean waiting, @Nullable Affinity affinity) {
		while (true) {
			NodeProcessManager current = this.generations.current();
			ProcessLease lease = current.tryLease(waiting, affinity);
			// One that has just been replaced says nothing about the next one.
			if (lease != null || current == this.generations.current()) {
				return lease;
			}
		}
	}

	/**
	 * Puts a request into the queue.
	 * @return null, or why it may not wait
	 */
	@Nullable RuntimeException enqueue(Acquisition.Waiting request, boolean returning) {
		if (state() == NodeApplicationState.DISPOSED) {
			return RequestRejectedException.disposed(name());
		}
		if (returning) {
			this.queue.putBack(request);
		}
		else if (!this.queue.offer(request)) {
			this.rejectedRequests.incrementAndGet();
			boolean open = this.generations.current().isOpen();
			ProcessStartException failure = this.generations.failure();
			// For the next one, if nobody waits who would have it started.
			start();
			return (failure != null) ? failure : open ? RequestRejectedException.full(name(), this.queue.capacity())
					: RequestRejectedException.starting(name(), this.queue.capacity());
		}
		if (state() == NodeApplicationState.DISPOSED && this.queue.remove(request)) {
			// Nobody would wake it.
			return RequestRejectedException.disposed(name());
		}
		return null;
	}

	ScheduledFuture<?> startTimer(Acquisition.Waiting request) {
		long nanos = this.definition.settings().queue().maxPendingTime().toNanos();
		return this.async.next().schedule(() -> waitedTooLong(request), nanos, TimeUnit.NANOSECONDS);
	}

	private void waitedTooLong(Acquisition.Waiting request) {
		if (this.queue.remove(request)) {
			this.rejectedRequests.incrementAndGet();
			request.refuse(RequestRejectedException.waitedTooLong(name(),
					this.definition.settings().queue().maxPendingTime()));
		}
	}

	void leave(Acquisition.Waiting request) {
		this.queue.remove(request);
	}

	/**
	 * Gives free slots to those who wait, first in, first out.
	 */
	void dispatch() {
		if (this.dispatches.getAndIncrement() != 0) {
			return;
		}
		int missed = 1;
		do {
			try {
				matchAll();
			}
			catch (RuntimeException | Error ex) {
				// Whatever it was, the next ones must be served.
				log.error("Application '{}': requests that wait could not be served", name(), ex);
			}
			missed = this.dispatches.addAndGet(-missed);
		}
		while (missed != 0);
	}

	private void matchAll() {
		while (!this.queue.isEmpty()) {
			Acquisition.Waiting next = this.queue.peek();
			ProcessLease lease = tryLease(true, (next != null) ? next.affinity() : null);
			if (lease == null) {
				ProcessStartException suspension = this.generations.current().suspension();
				if (suspension != null) {
					refuseAll(suspension);
				}
				return;
			}
			Acquisition.Waiting first = this.queue.poll();
			if (first == null) {
				// The last one has just left; the release dispatches again.
				lease.release();
				return;
			}
			this.totalRequests.incrementAndGet();
			first.deliver(lease);
		}
	}

	void refuseAll(RuntimeException failure) {
		this.queue.removeAll().forEach((request) -> request.refuse(failure));
	}

	/**
	 * Starts the processes, if they have not been started by a request.
	 */
	public void start() {
		this.generations.current().start();
	}

	/**
	 * Starts processes until there are so many, without a request.
	 * @param count processes that are wanted; at most
	 * <code>node-process-count-per-application</code>
	 * @return completes when they are ready; fails with {@link ProcessStartException} as
	 * soon as one could not be started. They start without a subscriber too
	 */
	public Mono<Void> start(int count) {
		return Mono.fromFuture(this.generations.current().start(count), true);
	}

	/**
	 * Starts a new generation of processes. It takes over when it is ready, or at once,
	 * as <code>recycle-strategy</code> says; the old one finishes its requests within
	 * <code>graceful-shutdown-timeout</code> and ends. If the new one fails to start
	 * before it takes over, the old one stays. Returns at once.
	 */
	public void recycle() {
		recycle(RecycleReason.REQUESTED_BY_HOST);
	}

	/**
	 * Like {@link #recycle()}, for a reason that is logged.
	 * @param reason why
	 */
	public void recycle(RecycleReason reason) {
		this.triggers.recycleByHand(reason);
	}

	/**
	 * Replaces one process. When its replacement is ready, that takes its place, and the
	 * old one finishes its requests within <code>graceful-shutdown-timeout</code> and
	 * ends. Only one process is replaced at a time, further ones in turn. If the
	 * replacement fails to start, the old one stays, and it is tried again. Returns at
	 * once.
	 * @param pid id of the process
	 * @return false if the application has no such process
	 */
	public boolean recycleProcess(long pid) {
		return recycleProcess(pid, RecycleReason.REQUESTED_BY_HOST);
	}

	/**
	 * Like {@link #recycleProcess(long)}, for a reason that is logged.
	 * @param pid id of the process
	 * @param reason why
	 * @return false if the application has no such process
	 */
	public boolean recycleProcess(long pid, RecycleReason reason) {
		return this.generations.managers().stream().anyMatch((manager) -> manager.recycle(pid, reason));
	}

	/**
	 * What recycles it without being asked to by the host.
	 */
	RecycleTriggers triggers() {
		return this.triggers;
	}

	/**
	 * Tells long requests that the host stops, so that they end: those that never would
	 * by themselves, such as WebSockets and streams of events.
	 * @param all whether to tell those too that may well end by themselves
	 */
	void endLongLived(boolean all) {
		this.hostStops = true;
		this.generations.managers().forEach((manager) -> manager.endLongLived(all));
	}

	/**
	 * Takes requests again after it was disposed. Does nothing if it was not. Blocks for
	 * file system calls.
	 */
	void resume() {
		this.hostStops = false;
		if (this.generations.resume()) {
			this.triggers.open();
		}
	}

	/**
	 * Refuses new requests, lets active ones finish, ends all processes.
	 * @return completes when all are gone; the work is done without a subscriber too
	 */
	public Mono<Void> dispose() {
		this.triggers.close();
		CompletableFuture<Void> ended = this.generations.dispose();
		refuseAll(RequestRejectedException.disposed(name()));
		return Mono.fromFuture(ended, true);
	}

	/**
	 * How its last processes ended.
	 * @return the latest first, at most 20
	 */
	public List<ProcessExit> exits() {
		return this.context.exits().exits();
	}

	/**
	 * Whether a request is waiting for it or with it.
	 */
	boolean isBusy() {
		ApplicationSnapshot now = snapshot();
		return now.pendingRequests() > 0 || now.activeRequests() > 0;
	}

	/**
	 * What the application looks like.
	 * @return a snapshot
	 */
	public ApplicationSnapshot snapshot() {
		List<ProcessSnapshot> processes = new ArrayList<>();
		this.generations.managers().forEach((manager) -> processes.addAll(manager.snapshot()));
		NodeProcessManager current = this.generations.current();
		return new ApplicationSnapshot(name(), this.definition.script().toString(), state(), current.generation(),
				this.queue.size(), this.queue.capacity(),
				processes.stream().mapToInt(ProcessSnapshot::activeRequests).sum(), this.totalRequests.get(),
				this.rejectedRequests.get(), this.generations.recycles(), this.context.rapidFail().snapshot(),
				this.generations.failed(), current.startFailure(), List.copyOf(processes));
	}

	@Override
	public String toString() {
		return "Application '" + name() + "' (" + this.context.script() + ")";
	}

}
