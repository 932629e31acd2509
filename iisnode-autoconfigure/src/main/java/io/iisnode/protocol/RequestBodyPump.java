package io.iisnode.protocol;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

import io.iisnode.protocol.ExchangeException.Reason;

/**
 * Carries the request body to the pipe, one buffer at a time: the next is asked for when
 * the pipe is writable. Confined to the event loop of the exchange.
 */
final class RequestBodyPump implements CoreSubscriber<ByteBuf> {

	/**
	 * How long a client that expects <code>100 Continue</code> waits for a process that
	 * does not send it (RFC 9110, section 10.1.1: not indefinitely).
	 */
	private static final long CONTINUE_TIMEOUT_MILLIS = 1000;

	private final ClientRequest request;

	private final EventLoop eventLoop;

	private Owner owner;

	/**
	 * Bytes that Content-Length still promises; negative: none was given.
	 */
	private long remaining;

	private @Nullable ProtocolBridge bridge;

	private @Nullable Subscription upstream;

	/**
	 * A piece that came while there was no pipe.
	 */
	private @Nullable ByteBuf held;

	private boolean started;

	private boolean asked;

	/**
	 * The client has sent all; a piece may still be held.
	 */
	private boolean ended;

	private boolean stopped;

	private boolean sent;

	RequestBodyPump(ClientRequest request, EventLoop eventLoop, Owner owner) {
		this.request = request;
		this.eventLoop = eventLoop;
		this.owner = owner;
		String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
		this.remaining = (length != null) ? Long.parseLong(length.strip()) : -1;
	}

	/**
	 * Writes to this pipe from now on.
	 */
	void attach(ProtocolBridge pipe) {
		this.bridge = pipe;
		ByteBuf piece = this.held;
		this.held = null;
		if (piece != null) {
			forward(piece);
		}
		else {
			askForMore();
		}
		endIfAllIsSent();
	}

	/**
	 * Tells somebody else from now on.
	 */
	void passTo(Owner successor) {
		this.owner = successor;
	}

	/**
	 * Whether the client has been asked for the body.
	 */
	boolean hasStarted() {
		return this.started;
	}

	/**
	 * Writes to no pipe until there is another.
	 */
	void detach() {
		this.bridge = null;
	}

	/**
	 * Starts when the process says <code>100 Continue</code>, or does not say anything.
	 */
	void startAfterContinue() {
		this.eventLoop.schedule(this::start, CONTINUE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
	}

	void start() {
		if (!this.started && !this.stopped) {
			this.started = true;
			this.request.body().subscribe(this);
		}
	}

	/**
	 * Takes no more from the client.
	 */
	void stop() {
		this.stopped = true;
		ByteBuf piece = this.held;
		this.held = null;
		if (piece != null) {
			piece.release();
		}
		Subscription subscription = this.upstream;
		if (subscription != null) {
			subscription.cancel();
		}
	}

	/**
	 * Whether any of the body has been taken from the client: then it cannot be sent
	 * again.
	 */
	boolean hasSent() {
		return this.sent;
	}

	/**
	 * Whether the client has been asked for more and has not sent it.
	 */
	boolean awaitsClient() {
		return this.asked && !this.ended && !this.stopped;
	}

	void onWritable() {
		askForMore();
	}

	@Override
	public Context currentContext() {
		return this.owner.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		execute(() -> {
			this.upstream = subscription;
			if (this.stopped) {
				subscription.cancel();
			}
			else {
				askForMore();
			}
		});
	}

	private void askForMore() {
		Subscription subscription = this.upstream;
		ProtocolBridge pipe = this.bridge;
		if (!this.asked && !this.ended && !this.stopped && subscription != null && pipe != null && pipe.isWritable()) {
			this.asked = true;
			subscription.request(1);
		}
	}

	@Override
	public void onNext(ByteBuf piece) {
		execute(() -> forward(piece));
	}

	private void forward(ByteBuf piece) {
		if (this.stopped) {
			piece.release();
			return;
		}
		ProtocolBridge pipe = this.bridge;
		if (pipe == null) {
			this.held = piece;
			return;
		}
		this.asked = false;
		int length = piece.readableBytes();
		if (this.remaining >= 0 && length > this.remaining) {
			piece.release();
			stop();
			fail("The request body is longer than its Content-Length");
			return;
		}
		if (this.remaining >= 0) {
			this.remaining -= length;
		}
		this.sent = true;
		if (length > 0) {
			pipe.writeBody(piece);
		}
		else {
			piece.release();
		}
		askForMore();
	}

	@Override
	public void onComplete() {
		execute(() -> {
			this.ended = true;
			endIfAllIsSent();
		});
	}

	private void endIfAllIsSent() {
		if (!this.ended || this.stopped || this.bridge == null) {
			return;
		}
		this.stopped = true;
		this.sent = true;
		if (this.remaining > 0) {
			// To end here would make node take the next request for the rest of this.
			fail("The request body is shorter than its Content-Length");
		}
		else {
			this.owner.onBodyComplete();
		}
	}

	private void fail(String message) {
		this.owner.onBodyFailed(new ExchangeException(Reason.BAD_REQUEST, message, null));
	}

	@Override
	public void onError(Throwable failure) {
		execute(() -> {
			if (!this.stopped) {
				this.stopped = true;
				if (failure instanceof IOException) {
					this.owner.onBodyFailed(new ExchangeException(Reason.CLIENT_GONE,
							"The client went away while it sent the request body", failure));
				}
				else {
					this.owner.onBodyFailed(failure);
				}
			}
		});
	}

	private void execute(Runnable action) {
		if (this.eventLoop.inEventLoop()) {
			action.run();
		}
		else {
			this.eventLoop.execute(action);
		}
	}

	/**
	 * Whose body it is.
	 */
	interface Owner {

		/**
		 * The context of the client's subscription.
		 */
		Context currentContext();

		/**
		 * All of the body has been written.
		 */
		void onBodyComplete();

		/**
		 * The body cannot be delivered as a whole.
		 */
		void onBodyFailed(Throwable failure);

	}

}
