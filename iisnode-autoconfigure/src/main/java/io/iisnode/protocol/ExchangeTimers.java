package io.iisnode.protocol;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

import io.iisnode.protocol.ExchangeException.Reason;

/**
 * The time limits of an exchange. Confined to its event loop.
 */
final class ExchangeTimers {

	private final EventLoop eventLoop;

	private final ExchangeSettings settings;

	private final NodeExchange exchange;

	private final NodeSide node;

	private @Nullable ScheduledFuture<?> response;

	private @Nullable IdleTimer idle;

	ExchangeTimers(EventLoop eventLoop, ExchangeSettings settings, NodeExchange exchange, NodeSide node) {
		this.eventLoop = eventLoop;
		this.settings = settings;
		this.exchange = exchange;
		this.node = node;
	}

	/**
	 * There is a connection, perhaps not the first one.
	 */
	void connected() {
		if (this.idle == null) {
			this.idle = IdleTimer.start(this.eventLoop, this.settings.idleTimeout(), this::nothingMoves);
		}
	}

	private void nothingMoves() {
		ExchangeException failure = this.node.awaitsClient()
				? new ExchangeException(Reason.REQUEST_TIMEOUT,
						"The client sent no more of its request" + forTheIdleTimeout(), null)
				: new ExchangeException(Reason.RESPONSE_TIMEOUT,
						"No byte went to or from " + this.node.lease() + forTheIdleTimeout(), null);
		this.exchange.fail(failure);
		if (!this.exchange.state().isFinal()) {
			// The client gets as long for what is on the way to it.
			this.idle = IdleTimer.start(this.eventLoop, this.settings.idleTimeout(),
					() -> this.exchange.deliveryFailed(failure));
		}
	}

	private String forTheIdleTimeout() {
		Duration limit = this.settings.idleTimeout();
		return " for " + ((limit != null) ? limit.toMillis() : 0) + " ms (iisnode.idle-timeout)";
	}

	/**
	 * A byte has been read or written.
	 */
	void touch() {
		if (this.idle != null) {
			this.idle.touch();
		}
	}

	/**
	 * Begins to wait for the head of the response.
	 */
	void startResponse() {
		Duration limit = this.settings.requestTimeout();
		if (limit != null) {
			this.response = this.eventLoop.schedule(() -> noResponse(limit), limit.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private void noResponse(Duration limit) {
		this.exchange.fail(new ExchangeException(Reason.RESPONSE_TIMEOUT,
				this.node.lease() + " sent no response within " + limit.toMillis() + " ms (iisnode.request-timeout)",
				null));
	}

	/**
	 * Waits no more for the head of the response.
	 */
	void stopResponse() {
		if (this.response != null) {
			this.response.cancel(false);
			this.response = null;
		}
	}

	void stop() {
		stopResponse();
		if (this.idle != null) {
			this.idle.stop();
		}
	}

}
