package io.iisnode.protocol;

import java.time.Duration;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

import io.iisnode.transport.PipeLease;

/**
 * The rest of a request whose response is complete: an application may answer first and
 * read on. Takes over slot, pipe and body from the exchange, which ends when the client
 * has its answer, and gives them back when the request has reached node, when either side
 * is gone, or when nothing moves any more. What is missing then is no failure for the
 * client, who has been answered; node sees that the connection is closed.
 * <p>
 * Confined to the event loop of the exchange.
 */
final class LateUpload implements PipeListener, RequestBodyPump.Owner {

	/**
	 * Longest time without a byte where no <code>idle-timeout</code> says otherwise: a
	 * client may send nothing more once it knows the answer, and an application may never
	 * read on. Node itself closes connections after 5 s of that.
	 */
	private static final Duration MAX_SILENCE = Duration.ofSeconds(10);

	private final EventLoop eventLoop;

	private final ClientRequest request;

	private final PipeLease lease;

	private final ProtocolBridge bridge;

	private final RequestBodyPump pump;

	private final Context context;

	private @Nullable IdleTimer idle;

	private @Nullable Runnable clientDone;

	private boolean ended;

	LateUpload(NodeExchange exchange, EventLoop eventLoop, ClientRequest request, PipeLease lease,
			ProtocolBridge bridge, RequestBodyPump pump) {
		this.eventLoop = eventLoop;
		this.request = request;
		this.lease = lease;
		this.bridge = bridge;
		this.pump = pump;
		this.context = exchange.currentContext();
	}

	/**
	 * Takes over, if the client's side can.
	 * @return false if everything stays with the exchange
	 */
	boolean start(ClientResponse response, ExchangeSettings settings) {
		Runnable giveUp = () -> this.eventLoop.execute(() -> end(false));
		Runnable done = response.keepReceiving(giveUp);
		if (done == null) {
			return false;
		}
		this.clientDone = done;
		this.idle = IdleTimer.start(this.eventLoop, Objects.requireNonNullElse(settings.idleTimeout(), MAX_SILENCE),
				giveUp);
		this.bridge.passTo(this);
		this.pump.passTo(this);
		this.lease.whenEndingByForce(giveUp);
		return true;
	}

	/**
	 * Gives everything back, the slot first: when the client asks again, there is room.
	 * @param clean whether node has all of the request
	 */
	private void end(boolean clean) {
		if (this.ended) {
			return;
		}
		this.ended = true;
		if (this.idle != null) {
			this.idle.stop();
		}
		this.pump.stop();
		if (clean) {
			this.bridge.finishLate(() -> this.lease.giveBack(this.bridge.connection()));
		}
		else {
			this.bridge.abort();
		}
		this.lease.release(true);
		if (this.clientDone != null) {
			this.clientDone.run();
		}
	}

	// The client

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onBodyComplete() {
		// Whatever waits for node to read it still needs the slot.
		this.bridge.writeEnd(this.request.trailers()).addListener((future) -> end(future.isSuccess()));
	}

	@Override
	public void onBodyFailed(Throwable failure) {
		end(false);
	}

	// Node

	@Override
	public void onActivity() {
		if (this.idle != null) {
			this.idle.touch();
		}
	}

	@Override
	public void onWritabilityChanged(boolean writable) {
		onActivity();
		if (writable) {
			this.pump.onWritable();
		}
	}

	@Override
	public void onWriteFailed(Throwable cause) {
		end(false);
	}

	@Override
	public void onBroken(String message, @Nullable Throwable cause) {
		end(false);
	}

	@Override
	public void onReadComplete() {
		// There is nothing that waits for it.
	}

	// There is no second answer to a request

	@Override
	public void onInterim(HttpResponse response) {
		end(false);
	}

	@Override
	public void onHead(HttpResponse response) {
		end(false);
	}

	@Override
	public void onSwitch(HttpResponse response) {
		end(false);
	}

	@Override
	public void onBody(ByteBuf piece) {
		piece.release();
		end(false);
	}

	@Override
	public void onEnd(HttpHeaders trailers) {
		end(false);
	}

}
