package io.iisnode.application;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

import io.iisnode.process.ProcessLease;
import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * What a request gets when its turn has come: a slot of a process, or once of another one
 * if that process is gone before there is a connection to it. Then nothing has been sent,
 * so the request need not suffer: connections break a moment before the end of a process
 * is known, and with them slots seem to get free.
 */
public final class RequestLease implements PipeLease {

	private final NodeApplication application;

	private volatile ProcessLease lease;

	private @Nullable Disposable replacement;

	private boolean released;

	RequestLease(NodeApplication application, ProcessLease lease) {
		this.application = application;
		this.lease = lease;
	}

	/**
	 * The process that works on the request.
	 * @return its id
	 */
	public long pid() {
		return this.lease.pid();
	}

	@Override
	public @Nullable PipeConnection reuse(EventLoop eventLoop) {
		return this.lease.reuse(eventLoop);
	}

	@Override
	public Future<PipeConnection> open(EventLoop eventLoop) {
		Promise<PipeConnection> result = eventLoop.newPromise();
		ProcessLease first = this.lease;
		first.open(eventLoop).addListener((Future<PipeConnection> opening) -> {
			if (opening.isSuccess() || !first.isLost()) {
				settle(opening, result);
			}
			else {
				replace(eventLoop, result);
			}
		});
		return result;
	}

	private static void settle(Future<PipeConnection> opening, Promise<PipeConnection> result) {
		if (opening.isSuccess()) {
			result.setSuccess(opening.getNow());
		}
		else {
			result.setFailure(opening.cause());
		}
	}

	private synchronized void replace(EventLoop eventLoop, Promise<PipeConnection> result) {
		if (this.released || this.replacement != null) {
			result.setFailure(new PipeClosedException("The process has ended"));
			return;
		}
		this.lease.release();
		this.replacement = this.application.reacquire()
			.subscribe((next) -> replaced(next, eventLoop, result), result::setFailure);
	}

	private void replaced(ProcessLease next, EventLoop eventLoop, Promise<PipeConnection> result) {
		synchronized (this) {
			if (this.released) {
				next.release();
				return;
			}
			this.lease = next;
		}
		next.open(eventLoop).addListener((Future<PipeConnection> opening) -> settle(opening, result));
	}

	@Override
	public void giveBack(PipeConnection connection) {
		this.lease.giveBack(connection);
	}

	@Override
	public synchronized void release() {
		this.released = true;
		this.lease.release();
		if (this.replacement != null) {
			this.replacement.dispose();
		}
	}

	@Override
	public String toString() {
		return this.lease.toString();
	}

}
