package io.iisnode.protocol;

import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * What an exchange holds of the node side: a lease, a connection in use, and the request
 * body on its way. Each is given back exactly once. Confined to the event loop of the
 * exchange, but for {@link #lease()}.
 */
final class NodeSide {

	private final ExchangeSettings settings;

	private volatile @Nullable PipeLease lease;

	private @Nullable ProtocolBridge bridge;

	private @Nullable RequestBodyPump pump;

	NodeSide(ExchangeSettings settings) {
		this.settings = settings;
	}

	@Nullable PipeLease lease() {
		return this.lease;
	}

	void hold(PipeLease granted) {
		this.lease = granted;
	}

	/**
	 * Takes a connection into use.
	 */
	ProtocolBridge use(PipeConnection connection) {
		ProtocolBridge used = ProtocolBridge.of(connection, this.settings);
		this.bridge = used;
		return used;
	}

	@Nullable ProtocolBridge bridge() {
		return this.bridge;
	}

	/**
	 * Sends a request body, from now on to the connection in use.
	 */
	void send(RequestBodyPump body) {
		this.pump = body;
		if (this.bridge != null) {
			body.attach(this.bridge);
		}
	}

	@Nullable RequestBodyPump pump() {
		return this.pump;
	}

	/**
	 * Whether the connection in use had users before.
	 */
	boolean isReused() {
		return this.bridge != null && this.bridge.connection().isReused();
	}

	/**
	 * Whether any of the body has gone out, so that it cannot be sent again.
	 */
	boolean hasSentBody() {
		return this.pump != null && this.pump.hasSent();
	}

	void onWritable() {
		if (this.pump != null) {
			this.pump.onWritable();
		}
	}

	/**
	 * The connection takes nothing more, but may still answer.
	 */
	void stopWriting() {
		if (this.pump != null) {
			this.pump.detach();
		}
	}

	void read(boolean wanted) {
		if (this.bridge != null) {
			this.bridge.read(wanted);
		}
	}

	/**
	 * Gives up the connection, keeps lease and body for another.
	 */
	void dropConnection() {
		stopWriting();
		ProtocolBridge used = this.bridge;
		this.bridge = null;
		if (used != null) {
			used.abort();
		}
	}

	/**
	 * Gives everything back. Only the first call finds anything.
	 * @param complete whether request and response are complete, so that others may use
	 * the connection
	 */
	void release(boolean complete) {
		RequestBodyPump pumping = this.pump;
		this.pump = null;
		if (pumping != null && !complete) {
			pumping.stop();
		}
		PipeLease held = this.lease;
		ProtocolBridge used = this.bridge;
		this.bridge = null;
		if (used != null && held != null && complete) {
			used.finish(() -> held.giveBack(used.connection()));
		}
		else if (used != null) {
			used.abort();
		}
		if (held != null) {
			held.release();
		}
	}

}
