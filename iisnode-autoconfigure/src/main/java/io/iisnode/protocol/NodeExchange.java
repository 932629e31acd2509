package io.iisnode.protocol;

import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import io.iisnode.protocol.ExchangeException.Reason;
import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeLease;

/**
 * One request and its response, from the wish for a process to the last byte for the
 * client: a state machine, driven by events of the queue, the pipe and the client.
 * <p>
 * It completes when the whole answer has been handed to the client's connection, and
 * fails if there is none, or only a part. Cancelling it, which is what a server does when
 * the client goes away, closes the pipe, so that node sees it. Lease and connection are
 * given back exactly once, whatever happens, as soon as node has done its part.
 * <p>
 * Confined to one event loop; subscribed once.
 */
public final class NodeExchange extends Mono<Void> implements Subscription, PipeListener {

	private final ClientRequest request;

	private final Publisher<? extends PipeLease> leases;

	private final ExchangeSettings settings;

	private final EventLoop eventLoop;

	private final NodeSide node;

	private final ResponseRelay relay;

	private final AtomicBoolean subscribed = new AtomicBoolean();

	private final LeaseSubscriber leaseSubscriber = new LeaseSubscriber(this);

	private volatile ExchangeState state = ExchangeState.NEW;

	private @Nullable CoreSubscriber<? super Void> actual;

	private final ExchangeTimers timers;

	private boolean headReceived;

	private boolean repeated;

	private @Nullable TunnelRelay tunnel;

	/**
	 * Creates the exchange; nothing happens until it is subscribed.
	 * @param request what the client asks for
	 * @param response where the answer goes
	 * @param leases brings one lease; cancelled if the client goes away before
	 * @param settings limits
	 * @param eventLoop the loop on which all of it runs
	 */
	public NodeExchange(ClientRequest request, ClientResponse response, Publisher<? extends PipeLease> leases,
			ExchangeSettings settings, EventLoop eventLoop) {
		this.request = request;
		this.leases = leases;
		this.settings = settings;
		this.eventLoop = eventLoop;
		this.node = new NodeSide(request, response, settings, eventLoop, this);
		this.relay = new ResponseRelay(eventLoop, response, this);
		this.timers = new ExchangeTimers(eventLoop, settings, this, this.node);
	}

	/**
	 * The state.
	 * @return the state now; any thread
	 */
	public ExchangeState state() {
		return this.state;
	}

	/**
	 * The process that was chosen, for log lines.
	 * @return its lease, null before; any thread
	 */
	public @Nullable PipeLease lease() {
		return this.node.lease();
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> subscriber) {
		if (!this.subscribed.compareAndSet(false, true)) {
			throw new IllegalStateException("An exchange can be subscribed once");
		}
		this.actual = subscriber;
		subscriber.onSubscribe(this);
		execute(this::start);
	}

	@Override
	public void request(long n) {
		// A Mono<Void> has nothing to deliver.
	}

	/**
	 * The context of the client's subscription, for all that is subscribed on its behalf.
	 */
	Context currentContext() {
		CoreSubscriber<? super Void> subscriber = this.actual;
		return (subscriber != null) ? subscriber.currentContext() : Context.empty();
	}

	void execute(Runnable action) {
		if (this.eventLoop.inEventLoop()) {
			action.run();
		}
		else {
			this.eventLoop.execute(action);
		}
	}

	private void transition(ExchangeState next) {
		if (!next.mayFollow(this.state)) {
			throw new IllegalStateException("No way from " + this.state + " to " + next);
		}
		this.state = next;
	}

	// A process and a connection to it

	private void start() {
		if (this.state.isFinal()) {
			return;
		}
		if (HttpMethod.CONNECT.equals(this.request.method())) {
			fail(new ExchangeException(Reason.NOT_SUPPORTED,
					"CONNECT is not supported: it asks a proxy for a connection to elsewhere", null));
			return;
		}
		if (HeaderRules.sizeOf(this.request) > this.settings.maxHeadSize()) {
			fail(new ExchangeException(Reason.REQUEST_HEAD_TOO_LARGE, "The request head is longer than "
					+ this.settings.maxHeadSize() + " bytes (iisnode.max-request-buffer-size)", null));
			return;
		}
		this.leases.subscribe(this.leaseSubscriber);
		if (this.state == ExchangeState.NEW) {
			transition(ExchangeState.QUEUED);
		}
	}

	/**
	 * The wish for a process is granted.
	 */
	void leased(PipeLease granted) {
		if (this.state.isFinal()) {
			granted.release();
			return;
		}
		this.node.hold(granted);
		transition(ExchangeState.CONNECTING);
		PipeConnection reused = granted.reuse(this.eventLoop);
		if (reused != null) {
			connected(reused);
		}
		else {
			connect(granted);
		}
	}

	private void connect(PipeLease granted) {
		granted.open(this.eventLoop).addListener((Future<PipeConnection> future) -> {
			if (!future.isSuccess()) {
				fail(new ExchangeException(Reason.CANNOT_CONNECT,
						granted + " does not accept a connection: " + future.cause(), future.cause()));
			}
			else if (this.state.isFinal()) {
				future.getNow().close();
			}
			else {
				connected(future.getNow());
			}
		});
	}

	// The request

	private void connected(PipeConnection connection) {
		transition(ExchangeState.EXCHANGING);
		this.timers.connected();
		this.node.send(connection);
	}

	/**
	 * All of the request has been written.
	 */
	void requestSent() {
		if (!this.headReceived) {
			this.timers.startResponse();
		}
	}

	@Override
	public void onActivity() {
		this.timers.touch();
	}

	@Override
	public void onWritabilityChanged(boolean writable) {
		onActivity();
		if (writable) {
			this.node.onWritable();
		}
	}

	@Override
	public void onWriteFailed(Throwable cause) {
		this.node.onWriteFailed();
	}

	// The response

	@Override
	public void onInterim(HttpResponse response) {
		if (response.status().equals(HttpResponseStatus.CONTINUE) && this.node.goOn()) {
			return;
		}
		HeaderRules.toClient(response.headers());
		this.relay.interim(response);
	}

	@Override
	public void onHead(HttpResponse response) {
		this.headReceived = true;
		this.timers.stopResponse();
		this.node.onHead(response);
		HeaderRules.toClient(response.headers());
		this.relay.head(response, Methods.isHead(this.request.method()));
	}

	@Override
	public void onBody(ByteBuf piece) {
		this.relay.body(piece);
	}

	@Override
	public void onReadComplete() {
		this.relay.readComplete();
	}

	@Override
	public void onEnd(HttpHeaders trailers) {
		// First the slot, then the client: when it asks again, there is room.
		this.timers.stop();
		this.node.responseComplete();
		this.relay.end(trailers);
	}

	@Override
	public void onSwitch(HttpResponse response) {
		if (!this.node.asksForUpgrade()) {
			onBroken("switched protocols without being asked to", null);
			return;
		}
		transition(ExchangeState.UPGRADED);
		this.timers.stop();
		TunnelRelay entered = new TunnelRelay(this.eventLoop, UpgradeRequest.isWebSocket(response.headers()),
				this::tunnelClosed);
		this.tunnel = entered;
		this.node.enter(entered);
		HeaderRules.toUpgradedClient(response.headers());
		this.relay.upgrade(response, entered);
	}

	private void tunnelClosed() {
		if (!this.state.isFinal()) {
			transition(ExchangeState.COMPLETED);
			this.node.release(false);
		}
	}

	/**
	 * Whether to read more of the response.
	 */
	void read(boolean wanted) {
		onActivity();
		this.node.read(wanted);
	}

	// The ends

	@Override
	public void onBroken(String message, @Nullable Throwable cause) {
		PipeLease held = lease();
		if (held != null && mayRepeat()) {
			this.repeated = true;
			this.timers.stopResponse();
			this.node.dropConnection();
			transition(ExchangeState.CONNECTING);
			connect(held);
			return;
		}
		fail(new ExchangeException(Reason.BAD_RESPONSE,
				held + " " + message + (this.headReceived ? " in the middle of its response" : " before it responded"),
				cause));
	}

	private boolean mayRepeat() {
		return this.state == ExchangeState.EXCHANGING && !this.repeated && this.node.mayRepeat();
	}

	/**
	 * The client has the whole answer.
	 */
	void delivered() {
		if (this.tunnel != null) {
			// From now on it ends by itself.
			this.tunnel = null;
			complete();
		}
		else if (!this.state.isFinal()) {
			transition(ExchangeState.COMPLETED);
			releaseNode(false);
			// Web filters may have answered with something else.
			this.relay.dispose();
			complete();
		}
	}

	private void complete() {
		if (this.actual != null) {
			this.actual.onComplete();
		}
	}

	/**
	 * Needs node no more. The client may take as long as it likes for the rest.
	 * @param complete whether node has answered to the end
	 */
	void releaseNode(boolean complete) {
		this.timers.stop();
		this.node.release(complete);
	}

	/**
	 * Fails, behind what the client is still to get; the time for that goes on.
	 */
	void fail(Throwable cause) {
		if (!this.state.isFinal() && this.relay.isStreaming()) {
			this.timers.stopResponse();
			this.node.release(false);
			this.relay.fail(cause);
		}
		else {
			deliveryFailed(cause);
		}
	}

	/**
	 * The client will not get the whole answer.
	 */
	void deliveryFailed(Throwable cause) {
		if (!this.state.isFinal()) {
			end(ExchangeState.FAILED);
			if (this.actual != null) {
				this.actual.onError(cause);
			}
		}
	}

	@Override
	public void cancel() {
		execute(() -> {
			boolean tunnelLives = this.state == ExchangeState.UPGRADED && this.tunnel == null;
			if (!this.state.isFinal() && !tunnelLives) {
				end(ExchangeState.CANCELLED);
			}
		});
	}

	private void end(ExchangeState last) {
		transition(last);
		this.timers.stop();
		if (this.tunnel != null) {
			this.tunnel.abandon();
		}
		this.leaseSubscriber.cancel();
		this.node.release(false);
		this.relay.dispose();
	}

}
