package io.iisnode.protocol;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * What an exchange holds of the node side: a lease, a connection in use, and the request
 * on its way. Each is given back exactly once. Confined to the event loop of the
 * exchange, but for {@link #lease()}.
 */
final class NodeSide implements RequestBodyPump.Owner {

	private final ClientRequest request;

	private final ClientResponse response;

	private final ExchangeSettings settings;

	private final EventLoop eventLoop;

	private final NodeExchange exchange;

	private final boolean hasBody;

	private final boolean upgrade;

	private volatile @Nullable PipeLease lease;

	private @Nullable ProtocolBridge bridge;

	private @Nullable RequestBodyPump pump;

	private boolean requestComplete;

	private boolean keepAlive;

	private boolean writeFailed;

	/**
	 * Whether the lease is not ours any more, but that of the rest of the request.
	 */
	private boolean passedOn;

	NodeSide(ClientRequest request, ClientResponse response, ExchangeSettings settings, EventLoop eventLoop,
			NodeExchange exchange) {
		this.request = request;
		this.response = response;
		this.settings = settings;
		this.eventLoop = eventLoop;
		this.exchange = exchange;
		this.hasBody = request.hasBody();
		this.upgrade = !this.hasBody && request.isUpgradable() && UpgradeRequest.isIn(request.headers());
	}

	/**
	 * Whether the process is asked to leave HTTP.
	 */
	boolean asksForUpgrade() {
		return this.upgrade;
	}

	@Nullable PipeLease lease() {
		return this.lease;
	}

	void hold(PipeLease granted) {
		this.lease = granted;
	}

	/**
	 * Sends the request over a connection; once more, if that is another one.
	 */
	void send(PipeConnection connection) {
		this.requestComplete = false;
		this.writeFailed = false;
		ProtocolBridge used = ProtocolBridge.of(connection, this.settings);
		this.bridge = used;
		used.begin(this.exchange, HeaderRules.toNode(this.request, this.hasBody, this.upgrade));
		if (!this.hasBody) {
			this.requestComplete = true;
			this.exchange.requestSent();
			return;
		}
		RequestBodyPump pumping = this.pump;
		if (pumping != null) {
			pumping.attach(used);
			return;
		}
		pumping = new RequestBodyPump(this.request, this.eventLoop, this);
		this.pump = pumping;
		pumping.attach(used);
		if (expectsContinue()) {
			pumping.startAfterContinue();
		}
		else {
			pumping.start();
		}
	}

	private boolean expectsContinue() {
		String expectation = this.request.headers().get(HttpHeaderNames.EXPECT);
		return expectation != null && HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation.strip());
	}

	/**
	 * The process says <code>100 Continue</code>.
	 * @return false if nobody waits for that
	 */
	boolean goOn() {
		if (this.pump == null || !expectsContinue()) {
			return false;
		}
		// Taking the body tells the client to go on.
		this.pump.start();
		return true;
	}

	/**
	 * Whether it is the client's turn: the process would take more of the body.
	 */
	boolean awaitsClient() {
		return this.pump != null && this.pump.awaitsClient();
	}

	@Override
	public Context currentContext() {
		return this.exchange.currentContext();
	}

	@Override
	public void onBodyComplete() {
		if (this.bridge != null) {
			this.bridge.writeEnd(this.request.trailers());
			this.requestComplete = true;
			this.exchange.requestSent();
		}
	}

	@Override
	public void onBodyFailed(Throwable failure) {
		this.exchange.fail(failure);
	}

	void onWritable() {
		if (this.pump != null) {
			this.pump.onWritable();
		}
	}

	/**
	 * The connection takes nothing more, but may still answer: a process may have
	 * answered before it closed. What is readable is read first, and the end of the
	 * stream tells whether that was all.
	 */
	void onWriteFailed() {
		this.writeFailed = true;
		detachPump();
	}

	private void detachPump() {
		if (this.pump != null) {
			this.pump.detach();
		}
	}

	/**
	 * Notes whether the process keeps the connection, and when it closes an idle one.
	 */
	void onHead(HttpResponse response) {
		this.keepAlive = HttpUtil.isKeepAlive(response);
		if (this.keepAlive && this.bridge != null) {
			KeepAlive.announcedBy(response.headers(), this.bridge.connection()::peerClosesIdleAfter);
		}
	}

	void read(boolean wanted) {
		if (this.bridge != null) {
			this.bridge.read(wanted);
		}
	}

	/**
	 * Whether the request may be sent again over a fresh connection. A process may close
	 * an idle one at the very moment in which we use it; safe to repeat is then what it
	 * cannot have acted upon, for it has seen nothing of the body, or may act upon twice
	 * (RFC 9110, section 9.2.2). One that has begun to answer has got the request.
	 */
	boolean mayRepeat() {
		ProtocolBridge used = this.bridge;
		if (used == null || !used.connection().isReused() || used.hasResponseBegun()) {
			return false;
		}
		boolean sentBody = this.pump != null && this.pump.hasSent();
		return !sentBody && (this.hasBody || Methods.isIdempotent(this.request.method()));
	}

	/**
	 * Gives the connection to a tunnel. It stays in use until it is closed.
	 */
	void enter(TunnelRelay tunnel) {
		PipeLease held = this.lease;
		if (this.bridge != null && held != null) {
			this.bridge.connection().upgraded();
			this.bridge.handOver(tunnel.nodeEnd());
			tunnel.limit(this.settings);
			held.whenEnding(tunnel::end);
		}
	}

	/**
	 * Gives up the connection, keeps lease and body for another.
	 */
	void dropConnection() {
		detachPump();
		ProtocolBridge used = this.bridge;
		this.bridge = null;
		if (used != null) {
			used.abort();
		}
	}

	/**
	 * The response is complete, which may be before the request is.
	 */
	void responseComplete() {
		if (!passToLateUpload()) {
			release(true);
		}
	}

	/**
	 * Lets the rest of the request go on, where both sides take part in that. A client
	 * that waits to be told to send its body waits for its answer instead.
	 */
	private boolean passToLateUpload() {
		RequestBodyPump pumping = this.pump;
		ProtocolBridge used = this.bridge;
		PipeLease held = this.lease;
		if (pumping == null || used == null || held == null || this.requestComplete || !pumping.hasStarted()
				|| !this.keepAlive || this.writeFailed || this.upgrade) {
			return false;
		}
		LateUpload upload = new LateUpload(this.exchange, this.eventLoop, this.request, held, used, pumping);
		if (!upload.start(this.response, this.settings)) {
			return false;
		}
		this.passedOn = true;
		this.pump = null;
		this.bridge = null;
		return true;
	}

	/**
	 * Gives everything back. Only the first call finds anything.
	 * @param complete whether the response is complete
	 */
	void release(boolean complete) {
		// One that refuses an upgrade may have taken the connection away from node.
		boolean clean = complete && this.keepAlive && this.requestComplete && !this.writeFailed && !this.upgrade;
		RequestBodyPump pumping = this.pump;
		this.pump = null;
		if (pumping != null) {
			pumping.stop();
		}
		PipeLease held = this.lease;
		ProtocolBridge used = this.bridge;
		this.bridge = null;
		if (used != null && held != null && clean) {
			used.finish(() -> held.giveBack(used.connection()));
		}
		else if (used != null) {
			used.abort();
		}
		if (held != null && !this.passedOn) {
			held.release(complete);
		}
	}

}
