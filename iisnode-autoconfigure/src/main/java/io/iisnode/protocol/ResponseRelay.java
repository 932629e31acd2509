package io.iisnode.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.iisnode.transport.PipeInbound;

/**
 * Hands the response to the client. One that arrives whole in one read goes out in one
 * write; any other is streamed, its head at once. Confined to the event loop of the
 * exchange.
 */
final class ResponseRelay implements PipeInbound.Source {

	/**
	 * A response that is not complete after so many bytes is streamed.
	 */
	private static final int MAX_WHOLE = 64 * 1024;

	private final EventLoop eventLoop;

	private final ClientResponse client;

	private final NodeExchange exchange;

	private @Nullable HttpResponse head;

	private boolean bodyless;

	private @Nullable ByteBuf collected;

	private @Nullable PipeInbound stream;

	private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

	private boolean waitingForClient;

	private @Nullable Disposable delivery;

	ResponseRelay(EventLoop eventLoop, ClientResponse client, NodeExchange exchange) {
		this.eventLoop = eventLoop;
		this.client = client;
		this.exchange = exchange;
	}

	void interim(HttpResponse response) {
		this.client.interim(response);
	}

	void head(HttpResponse response, boolean answerToHead) {
		this.head = response;
		this.bodyless = answerToHead || response.status().equals(HttpResponseStatus.NO_CONTENT)
				|| response.status().equals(HttpResponseStatus.NOT_MODIFIED);
	}

	/**
	 * Hands the client over to a tunnel.
	 */
	void upgrade(HttpResponse response, TunnelRelay tunnel) {
		deliver(this.client.upgrade(response, tunnel.clientEnd(), tunnel::abandon));
	}

	void body(ByteBuf piece) {
		if (this.stream != null) {
			this.stream.offer(piece);
			return;
		}
		collect(piece);
		if (this.collected != null && this.collected.readableBytes() > MAX_WHOLE) {
			startStream();
		}
	}

	private void collect(ByteBuf piece) {
		if (this.collected == null) {
			this.collected = piece;
		}
		else if (this.collected instanceof CompositeByteBuf composite) {
			composite.addComponent(true, piece);
		}
		else {
			this.collected = Unpooled.compositeBuffer(64).addComponent(true, this.collected).addComponent(true, piece);
		}
	}

	void readComplete() {
		if (this.head != null && this.stream == null && this.delivery == null) {
			startStream();
		}
	}

	private void startStream() {
		HttpResponse response = this.head;
		if (response == null) {
			return;
		}
		PipeInbound inbound = new PipeInbound(this.eventLoop, this);
		this.stream = inbound;
		ByteBuf first = this.collected;
		this.collected = null;
		if (first != null) {
			inbound.offer(first);
		}
		deliver(this.client.send(response, inbound, () -> this.trailers));
		LongResponse.begin(this.exchange, response);
	}

	void end(HttpHeaders received) {
		this.trailers = received;
		if (this.stream == null && !received.isEmpty()) {
			startStream();
		}
		if (this.stream != null) {
			this.stream.complete();
			return;
		}
		HttpResponse response = this.head;
		ByteBuf whole = this.collected;
		this.collected = null;
		if (response != null) {
			ByteBuf body = (whole != null) ? whole : Unpooled.EMPTY_BUFFER;
			deliver(this.client.send(response, this.bodyless ? null : body));
		}
	}

	private void deliver(Mono<Void> sending) {
		this.delivery = sending.subscribe(null, this::failed, this::delivered, this.exchange.currentContext());
	}

	private void delivered() {
		execute(this.exchange::delivered);
	}

	private void failed(Throwable cause) {
		execute(() -> this.exchange.deliveryFailed(cause));
	}

	private void execute(Runnable action) {
		if (this.eventLoop.inEventLoop()) {
			action.run();
		}
		else {
			this.eventLoop.execute(action);
		}
	}

	boolean isStreaming() {
		return this.stream != null;
	}

	void fail(Throwable cause) {
		if (this.stream != null) {
			this.stream.fail(cause);
		}
	}

	void dispose() {
		if (this.collected != null) {
			this.collected.release();
			this.collected = null;
		}
		if (this.stream != null) {
			this.stream.dispose();
		}
		if (this.delivery != null) {
			this.delivery.dispose();
		}
	}

	@Override
	public void read(boolean wanted) {
		this.exchange.read(wanted);
	}

	@Override
	public boolean isReceiverWritable() {
		boolean writable = this.client.isWritable();
		if (!writable && !this.waitingForClient) {
			this.waitingForClient = true;
			this.client.whenWritable(() -> execute(this::resume));
		}
		return writable;
	}

	private void resume() {
		this.waitingForClient = false;
		if (this.stream != null) {
			this.stream.resume();
		}
	}

	@Override
	public void cancelled() {
		this.exchange.releaseNode(false);
	}

}
