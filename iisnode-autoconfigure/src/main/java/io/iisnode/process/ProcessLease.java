package io.iisnode.process;

import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * A slot of a process, held by one exchange.
 */
public final class ProcessLease implements PipeLease {

	private final NodeProcess process;

	private final AtomicBoolean released = new AtomicBoolean();

	private volatile @Nullable PipeConnection connection;

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

	/**
	 * Whether the process is gone.
	 * @return true if no connection can be had any more
	 */
	public boolean isLost() {
		return !this.process.isAlive();
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
			.open(eventLoop, this.process::isAlive)
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
	public void release() {
		if (this.released.compareAndSet(false, true)) {
			PipeConnection used = this.connection;
			this.process.released(used != null && EndOfConnection.isSeen(used));
		}
	}

	@Override
	public String toString() {
		return this.process.toString();
	}

}
