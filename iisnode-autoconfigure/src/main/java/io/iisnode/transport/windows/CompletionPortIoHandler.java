package io.iisnode.transport.windows;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Lets a Netty event loop wait at a {@link CompletionPort}, so that the channels of pipes
 * run on the thread at which their completions arrive.
 */
final class CompletionPortIoHandler implements IoHandler {

	private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private final ThreadAwareExecutor executor;

	private final CompletionPort port;

	private final Set<PipeHandle> registered = new HashSet<>();

	private CompletionPortIoHandler(ThreadAwareExecutor executor, CompletionPort port) {
		this.executor = executor;
		this.port = port;
	}

	/**
	 * Makes handlers, each with a port of its own.
	 * @param ports makes the ports
	 */
	static IoHandlerFactory newFactory(Supplier<? extends CompletionPort> ports) {
		return (executor) -> new CompletionPortIoHandler(executor, ports.get());
	}

	@Override
	public int run(IoHandlerContext context) {
		long timeout = 0;
		if (context.canBlock()) {
			long deadline = context.deadlineNanos();
			// Rounded up: a timer must not find the loop awake before its time.
			timeout = (deadline != -1) ? (context.delayNanos(System.nanoTime()) + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI
					: -1;
		}
		long began = context.shouldReportActiveIoTime() ? System.nanoTime() : 0;
		int ended = this.port.await(timeout);
		if (context.shouldReportActiveIoTime()) {
			context.reportActiveIoTime((timeout == 0) ? System.nanoTime() - began : 0);
		}
		return ended;
	}

	@Override
	public void wakeup() {
		if (!this.executor.isExecutorThread(Thread.currentThread())) {
			this.port.wakeup();
		}
	}

	@Override
	public void prepareToDestroy() {
		new ArrayList<>(this.registered).forEach(PipeHandle::closeNow);
	}

	@Override
	public void destroy() {
		this.port.close();
	}

	@Override
	public IoRegistration register(IoHandle handle) {
		PipeHandle pipeHandle = (PipeHandle) handle;
		if (!this.registered.add(pipeHandle)) {
			throw new IllegalStateException("Registered already");
		}
		pipeHandle.registered();
		return new Registration(pipeHandle);
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return PipeHandle.class.isAssignableFrom(handleType);
	}

	/**
	 * A channel as the handler sees it.
	 */
	interface PipeHandle extends IoHandle {

		/**
		 * Closes the channel because its loop ends.
		 */
		void closeNow();

		@Override
		void close();

	}

	/**
	 * Its attachment is the port.
	 */
	private final class Registration implements IoRegistration {

		private final PipeHandle handle;

		private final AtomicBoolean cancelled = new AtomicBoolean();

		Registration(PipeHandle handle) {
			this.handle = handle;
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> T attachment() {
			return (T) CompletionPortIoHandler.this.port;
		}

		@Override
		public long submit(IoOps ops) {
			throw new UnsupportedOperationException("Pipes start their operations themselves");
		}

		@Override
		public boolean isValid() {
			return !this.cancelled.get();
		}

		@Override
		public boolean cancel() {
			if (!this.cancelled.compareAndSet(false, true)) {
				return false;
			}
			if (CompletionPortIoHandler.this.executor.isExecutorThread(Thread.currentThread())) {
				remove();
			}
			else {
				CompletionPortIoHandler.this.executor.execute(this::remove);
			}
			return true;
		}

		private void remove() {
			if (CompletionPortIoHandler.this.registered.remove(this.handle)) {
				this.handle.unregistered();
			}
		}

	}

}
