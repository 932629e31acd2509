package io.iisnode.process;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * A slot of a process, held by one exchange.
 */
public final class ProcessLease implements PipeLease {

	private static final AtomicReferenceFieldUpdater<ProcessLease, @Nullable Ending> ENDING = AtomicReferenceFieldUpdater
		.newUpdater(ProcessLease.class, Ending.class, "ending");

	private final NodeProcess process;

	private final AtomicBoolean released = new AtomicBoolean();

	private volatile @Nullable PipeConnection connection;

	/**
	 * What to do when the end is near; null for most exchanges.
	 */
	private volatile @Nullable Ending ending;

	private volatile int slot = -1;

	ProcessLease(NodeProcess process) {
		this.process = process;
	}

	/**
	 * The process that works on the request.
	 * @return its id
	 */
	public long pid() {
		return this.process.pid();
	}

	NodeProcess process() {
		return this.process;
	}

	ProcessLease inSlot(int index) {
		this.slot = index;
		return this;
	}

	/**
	 * The place of the process in the pool, for {@link Affinity#toSlot}.
	 * @return its number from 0 on; negative if processes are not chosen by it
	 */
	public int slot() {
		return this.slot;
	}

	/**
	 * Whether the process is gone, or does not listen any more.
	 * @return true if no connection can be had any more
	 */
	public boolean isLost() {
		return !this.process.isConnectable();
	}

	@Override
	public @Nullable PipeConnection reuse(EventLoop eventLoop) {
		PipeConnection reused = this.process.connections().reuse(eventLoop);
		this.connection = reused;
		return reused;
	}

	@Override
	public Future<PipeConnection> open(EventLoop eventLoop) {
		return this.process.connections()
			.open(eventLoop, this.process::isConnectable)
			.addListener((Future<PipeConnection> opening) -> {
				if (opening.isSuccess()) {
					EndOfConnection.watch(opening.getNow());
					this.connection = opening.getNow();
				}
			});
	}

	@Override
	public void giveBack(PipeConnection connection) {
		this.process.connections().release(connection);
	}

	@Override
	public void whenEnding(Runnable action) {
		await(new Ending(action, EndNotice.HOST_STOPS));
	}

	@Override
	public void whenEndingByForce(Runnable action) {
		await(new Ending(action, EndNotice.FORCE));
	}

	private void await(Ending wanted) {
		this.ending = wanted;
		this.process.tellOfEnd(this);
		if (this.released.get()) {
			forgetEnding();
		}
	}

	/**
	 * Passes on that the end is near, if the exchange wants to know, and has not been
	 * told.
	 */
	void told(EndNotice notice) {
		Ending wanted = this.ending;
		if (wanted != null && notice.includes(wanted.from()) && ENDING.compareAndSet(this, wanted, null)) {
			wanted.action().run();
		}
	}

	private void forgetEnding() {
		this.ending = null;
		this.process.forget(this);
	}

	@Override
	public void release(boolean complete) {
		if (this.released.compareAndSet(false, true)) {
			if (this.ending != null) {
				forgetEnding();
			}
			PipeConnection used = this.connection;
			this.process.released(!complete && used != null && EndOfConnection.isSeen(used));
		}
	}

	@Override
	public String toString() {
		return this.process.toString();
	}

	/**
	 * A wish to be told.
	 *
	 * @param action what to do
	 * @param from the first notice that matters
	 */
	private record Ending(Runnable action, EndNotice from) {
	}

}
