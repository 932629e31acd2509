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

	private @Nullable ScheduledFuture<?> response;

	private @Nullable IdleTimer idle;

	ExchangeTimers(EventLoop eventLoop, ExchangeSettings settings, NodeExchange exchange) {
		this.eventLoop = eventLoop;
		this.settings = settings;
		this.exchange = exchange;
	}

	/**
	 * There is a connection, perhaps not the first one.
	 */
	void connected() {
		if (this.idle == null) {
			this.idle = IdleTimer.start(this.eventLoop, this.settings.idleTimeout(),
					() -> timeOut("No byte went to or from " + this.exchange.lease() + " for "
							+ this.settings.idleTimeout() + " (iisnode.idle-timeout)"));
		}
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
			this.response = this.eventLoop.schedule(() -> timeOut(this.exchange.lease() + " sent no response within "
					+ limit.toMillis() + " ms (iisnode.request-timeout)"), limit.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private void timeOut(String message) {
		this.exchange.fail(new ExchangeException(Reason.RESPONSE_TIMEOUT, message, null));
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
