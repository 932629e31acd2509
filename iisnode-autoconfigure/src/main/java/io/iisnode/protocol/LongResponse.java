package io.iisnode.protocol;

import java.util.Locale;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;

import io.iisnode.protocol.ExchangeException.Reason;
import io.iisnode.transport.PipeLease;

/**
 * What becomes of a response that still arrives when its process has to end. One with a
 * length has an end, and may come to it as long as the process lives. A stream of events
 * has none: it is ended in order, since its client discards an event that is not whole,
 * and connects again, whether the stream was ended or cut (HTML, section 9.2). Any other
 * one is cut, so that its client sees the truncation.
 */
final class LongResponse {

	private LongResponse() {
	}

	/**
	 * A response begins to be streamed. On the loop of the exchange.
	 */
	static void begin(NodeExchange exchange, HttpResponse head) {
		PipeLease lease = exchange.lease();
		if (lease == null || HttpUtil.isContentLengthSet(head)) {
			return;
		}
		if (isEventStream(head)) {
			lease.whenEnding(() -> exchange.execute(() -> end(exchange)));
		}
		else {
			lease
				.whenEndingByForce(() -> exchange.execute(() -> exchange.fail(new ExchangeException(Reason.BAD_RESPONSE,
						lease + " has to end in the middle of its response", null))));
		}
	}

	private static boolean isEventStream(HttpResponse head) {
		String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
		return type != null
				&& type.strip().toLowerCase(Locale.ROOT).startsWith(HttpHeaderValues.TEXT_EVENT_STREAM.toString());
	}

	private static void end(NodeExchange exchange) {
		if (!exchange.state().isFinal()) {
			// The process has not ended its response, so the connection is of no more
			// use.
			exchange.releaseNode(false);
			exchange.onEnd(EmptyHttpHeaders.INSTANCE);
		}
	}

}
