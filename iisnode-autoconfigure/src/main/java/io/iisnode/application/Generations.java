package io.iisnode.application;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.process.NodeProcessManager;
import io.iisnode.process.PoolListener;
import io.iisnode.process.ProcessContext;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.RecycleReason;

/**
 * The generations of an application: the current one takes requests, the next one starts,
 * old ones drain. The state of the application follows from them.
 * <p>
 * Thread-safe; never calls out under its lock.
 */
@Slf4j
final class Generations {

	private final NodeApplication application;

	private final ProcessContext context;

	private final RecycleStrategy strategy;

	private final Object lock = new Object();

	private final List<NodeProcessManager> draining = new ArrayList<>();

	private volatile NodeProcessManager current;

	private @Nullable NodeProcessManager next;

	/**
	 * The current generation, if it took over before it was ready and has not been since.
	 */
	private @Nullable NodeProcessManager unproven;

	private @Nullable CompletableFuture<Void> disposed;

	/**
	 * Why another recycle was asked for while the next generation was starting; null if
	 * none was.
	 */
	private @Nullable RecycleReason again;

	private int lastNumber = 1;

	private long recycles;

	private volatile @Nullable FailedGeneration failed;

	Generations(NodeApplication application, ProcessContext context, RecycleStrategy strategy) {
		this.application = application;
		this.context = context;
		this.strategy = strategy;
		this.current = create(this.lastNumber);
	}

	private NodeProcessManager create(int number) {
		NodeProcessManager[] self = new NodeProcessManager[1];
		NodeProcessManager manager = new NodeProcessManager(this.context, number, new PoolListener() {

			@Override
			public void slotsFree() {
				changed(self[0]);
			}

			@Override
			public void startFailed(ProcessStartException failure) {
				failed(self[0], failure);
			}

			@Override
			public void retryDue() {
				Generations.this.current.tryAgain();
			}

			@Override
			public void recycleRequested() {
				if (isNewest(self[0])) {
					Generations.this.application.triggers().recycleRequested(self[0]);
				}
			}

			@Override
			public boolean mayReplace() {
				return isAlone(self[0]);
			}

			@Override
			public void recycled(long pid, RecycleReason reason) {
				countRecycle();
			}

		});
		self[0] = manager;
		return manager;
	}

	NodeProcessManager current() {
		return this.current;
	}

	List<NodeProcessManager> managers() {
		synchronized (this.lock) {
			List<NodeProcessManager> managers = new ArrayList<>();
			managers.add(this.current);
			if (this.next != null) {
				managers.add(this.next);
			}
			managers.addAll(this.draining);
			return managers;
		}
	}

	/**
	 * Whether processes run or start that may have read files of the application.
	 */
	boolean isRunning() {
		synchronized (this.lock) {
			return this.next != null || this.current.isRunning();
		}
	}

	/**
	 * Why no request is served.
	 * @return null if some are, or no start has failed
	 */
	@Nullable ProcessStartException failure() {
		NodeProcessManager asked = this.current;
		ProcessStartException suspension = asked.suspension();
		return (suspension != null) ? suspension : asked.startFailure();
	}

	NodeApplicationState state() {
		synchronized (this.lock) {
			if (this.disposed != null) {
				return NodeApplicationState.DISPOSED;
			}
			return (this.next != null || !this.draining.isEmpty()) ? NodeApplicationState.RECYCLING
					: NodeApplicationState.ACTIVE;
		}
	}

	long recycles() {
		synchronized (this.lock) {
			return this.recycles;
		}
	}

	/**
	 * The generation that should have replaced the current one but did not start.
	 * @return null if the last recycle went well
	 */
	@Nullable FailedGeneration failed() {
		return this.failed;
	}

	/**
	 * Whether no later generation exists. If one does, the wish of a process to be
	 * replaced is granted already: several of one generation ask at once.
	 */
	private boolean isNewest(NodeProcessManager manager) {
		synchronized (this.lock) {
			return manager == ((this.next != null) ? this.next : this.current);
		}
	}

	/**
	 * Whether no next generation is starting, which would replace all processes anyway.
	 */
	private boolean isAlone(NodeProcessManager manager) {
		synchronized (this.lock) {
			return this.next == null && manager == this.current;
		}
	}

	private void countRecycle() {
		synchronized (this.lock) {
			this.recycles++;
		}
	}

	/**
	 * Replaces the newest generation.
	 * @param asking the one that asked for it, null if it was somebody else
	 */
	void recycle(RecycleReason reason, @Nullable NodeProcessManager asking) {
		NodeProcessManager started = null;
		NodeProcessManager replaced = null;
		synchronized (this.lock) {
			if (this.disposed != null || (asking != null && !isNewest(asking))) {
				return;
			}
			if (this.next != null) {
				this.again = reason;
				return;
			}
			this.recycles++;
			this.lastNumber++;
			this.context.exits().generationEnds(this.current.generation(), reason.words());
			boolean running = this.current.isRunning();
			NodeProcessManager created = create(this.lastNumber);
			started = running ? created : null;
			if (running && this.strategy == RecycleStrategy.READY_FIRST) {
				this.next = created;
			}
			else {
				// If nothing runs, the first request starts the new generation.
				replaced = this.current;
				this.draining.add(replaced);
				this.current = created;
				this.unproven = started;
				this.failed = null;
			}
		}
		boolean suspended = this.context.rapidFail().reset();
		if (started != null) {
			log.info("Application '{}' is being recycled, because {}: generation {} starts", this.application.name(),
					reason.words(), started.generation());
			this.application.triggers().recycleBegan();
			if (replaced != null) {
				started.start();
			}
			else {
				started.startAsCandidate();
			}
		}
		if (replaced != null) {
			// A request may have started it at this moment, even if it did not run.
			end(replaced);
			if (suspended) {
				this.current.start();
			}
			this.current.start(this.context.settings().minProcessCount());
			this.application.dispatch();
		}
	}

	private void changed(NodeProcessManager manager) {
		if (isNext(manager)) {
			if (!manager.isOpen()) {
				if (!manager.isRunning()) {
					// Listened, and died before it could take over.
					abandon(manager, null);
				}
				return;
			}
			promote(manager);
		}
		else if (manager.isOpen()) {
			proven(manager);
		}
		this.application.dispatch();
	}

	private void proven(NodeProcessManager manager) {
		synchronized (this.lock) {
			if (this.unproven != manager) {
				return;
			}
			this.unproven = null;
			this.failed = null;
		}
		this.application.triggers().recycleEnded();
	}

	private boolean isNext(NodeProcessManager manager) {
		synchronized (this.lock) {
			return this.next == manager;
		}
	}

	private void promote(NodeProcessManager ready) {
		NodeProcessManager old;
		RecycleReason recycleAgain;
		synchronized (this.lock) {
			if (this.next != ready) {
				return;
			}
			old = this.current;
			this.draining.add(old);
			this.current = ready;
			this.next = null;
			this.failed = null;
			recycleAgain = this.again;
			this.again = null;
		}
		// Failures of the older one do not count any more.
		this.context.rapidFail().reset();
		this.application.triggers().recycleEnded();
		log.info("Application '{}': generation {} takes over", this.application.name(), ready.generation());
		end(old);
		if (recycleAgain != null) {
			recycle(recycleAgain, null);
		}
	}

	private void end(NodeProcessManager manager) {
		manager.drain().whenComplete((ignored, failure) -> {
			synchronized (this.lock) {
				this.draining.remove(manager);
			}
			log.debug("Application '{}': generation {} has ended", this.application.name(), manager.generation());
		});
	}

	private void failed(NodeProcessManager manager, ProcessStartException failure) {
		if (isNext(manager)) {
			abandon(manager, failure);
		}
		else if (manager == this.current) {
			disproven(manager, failure);
			this.application.refuseAll(failure);
		}
	}

	private void disproven(NodeProcessManager manager, ProcessStartException failure) {
		synchronized (this.lock) {
			if (this.unproven != manager) {
				return;
			}
			this.failed = FailedGeneration.of(manager.generation(), failure);
		}
		this.application.triggers().recycleEnded();
	}

	private void abandon(NodeProcessManager manager, @Nullable ProcessStartException failure) {
		RecycleReason recycleAgain;
		synchronized (this.lock) {
			if (this.next != manager) {
				return;
			}
			// Some of its processes may live on for a while.
			this.draining.add(manager);
			this.next = null;
			this.failed = FailedGeneration.of(manager.generation(), failure);
			recycleAgain = this.again;
			this.again = null;
		}
		this.application.triggers().recycleEnded();
		// Why has been logged already.
		log.warn("Application '{}': generation {} did not start, so generation {} stays", this.application.name(),
				manager.generation(), this.current.generation());
		end(manager);
		if (recycleAgain != null) {
			recycle(recycleAgain, null);
		}
	}

	/**
	 * Begins anew after the end.
	 * @return whether it had ended
	 */
	boolean resume() {
		List<NodeProcessManager> ended;
		synchronized (this.lock) {
			if (this.disposed == null) {
				return false;
			}
			ended = managers();
			this.draining.clear();
			this.draining.addAll(ended);
			this.disposed = null;
			this.next = null;
			this.unproven = null;
			this.again = null;
			this.failed = null;
			this.current = create(++this.lastNumber);
		}
		ended.forEach(this::end);
		// What was due to be tried again was not, without a generation.
		this.context.rapidFail().reset();
		return true;
	}

	CompletableFuture<Void> dispose() {
		List<NodeProcessManager> ending;
		CompletableFuture<Void> result = new CompletableFuture<>();
		synchronized (this.lock) {
			if (this.disposed != null) {
				return this.disposed;
			}
			this.disposed = result;
			ending = managers();
			ending.forEach((manager) -> this.context.exits()
				.generationEnds(manager.generation(), "the application was stopped"));
		}
		CompletableFuture.allOf(ending.stream().map(NodeProcessManager::drain).toArray(CompletableFuture[]::new))
			.whenComplete((ignored, failure) -> result.complete(null));
		return result;
	}

}
