package io.iisnode.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * What failures of the processes of a pool mean for its application: they are counted,
 * and when there are too many, starting is suspended and tried again later. Has the lock
 * of the {@link NodeProcessManager}; to be called without it.
 */
final class StartRetries {

	private final ProcessContext context;

	private final Object lock;

	private final ProcessSlots slots;

	private final ProcessStarter starter;

	private final PoolMaintenance maintenance;

	private final PoolListener listener;

	StartRetries(ProcessContext context, Object lock, ProcessSlots slots, ProcessStarter starter,
			PoolMaintenance maintenance, PoolListener listener) {
		this.context = context;
		this.lock = lock;
		this.slots = slots;
		this.starter = starter;
		this.maintenance = maintenance;
		this.listener = listener;
	}

	/**
	 * A process has failed, by which starting may be suspended for a while. That of a
	 * process which another one still stands in for harms nobody.
	 */
	void count(NodeProcess process, @Nullable ProcessStartException failure) {
		synchronized (this.lock) {
			if (this.starter.isCandidate() || process == this.maintenance.fresh()) {
				return;
			}
		}
		Duration nextTry = this.context.rapidFail().failed(failure);
		if (nextTry != null) {
			// This pool may be drained until then, but what it has suspended is not over.
			this.context.services()
				.async()
				.next()
				.schedule(this.listener::retryDue, nextTry.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Starts one process, if it is time for that.
	 */
	void tryAgain() {
		NodeProcess process;
		synchronized (this.lock) {
			process = this.starter.tryAgain();
			this.maintenance.watch();
		}
		if (process != null) {
			process.start();
		}
	}

	/**
	 * Why nothing runs and nothing will be started for a while.
	 * @return null if a process runs, starts or may be started
	 */
	@Nullable ProcessStartException suspension() {
		StartsSuspendedException suspension = this.context.rapidFail().suspension();
		if (suspension == null) {
			return null;
		}
		synchronized (this.lock) {
			return this.slots.isEmpty() ? suspension : null;
		}
	}

}
