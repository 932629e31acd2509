package io.iisnode.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * One direction of a WebSocket, which may have to end before the application ends it:
 * then a close frame takes the place of the next frame, and nothing follows but silence
 * (RFC 6455, section 5.5.1).
 */
final class WebSocketGoodbye {

	private final TunnelEnd end;

	private final boolean towardsNode;

	private final TunnelRelay relay;

	private final WebSocketFrames frames = new WebSocketFrames();

	/**
	 * Nothing more passes after the frame that is under way.
	 */
	private boolean requested;

	/**
	 * The last byte has passed.
	 */
	private boolean said;

	/**
	 * Creates the direction.
	 * @param end what reads it
	 * @param towardsNode whether it goes to node
	 */
	WebSocketGoodbye(TunnelEnd end, boolean towardsNode, TunnelRelay relay) {
		this.end = end;
		this.towardsNode = towardsNode;
		this.relay = relay;
	}

	/**
	 * There is somebody to say something to.
	 */
	void begin() {
		if (this.requested) {
			sayAtBoundary();
		}
	}

	void request(boolean begun) {
		this.requested = true;
		if (begun) {
			sayAtBoundary();
		}
	}

	private void sayAtBoundary() {
		if (!this.said && !this.frames.isClosed() && this.frames.isAtBoundary()) {
			say();
		}
	}

	void forward(ByteBuf bytes) {
		if (this.said) {
			discard(bytes);
		}
		else if (this.requested) {
			passLastFrame(bytes);
		}
		else {
			this.frames.pass(bytes);
			this.end.pass(bytes);
		}
	}

	private void passLastFrame(ByteBuf bytes) {
		int frameEnd = this.frames.passFrame(bytes, bytes.readerIndex());
		if (this.frames.isClosed() || !this.frames.isAtBoundary()) {
			// The application says goodbye itself, or the frame goes on.
			this.end.pass(bytes);
			return;
		}
		this.end.pass(bytes.readRetainedSlice(frameEnd - bytes.readerIndex()));
		say();
		discard(bytes);
	}

	private void say() {
		this.said = true;
		this.end.insert(WebSocketFrames.goingAway(ByteBufAllocator.DEFAULT, this.towardsNode));
		this.relay.saidGoodbye();
	}

	private void discard(ByteBuf bytes) {
		boolean before = this.frames.isClosed();
		this.frames.pass(bytes);
		bytes.release();
		if (this.frames.isClosed() && !before) {
			this.relay.answered();
		}
	}

}
