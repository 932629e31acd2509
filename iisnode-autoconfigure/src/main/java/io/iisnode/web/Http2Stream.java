package io.iisnode.web;

import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.AttributeKey;

/**
 * What is special about a request that came as a stream of an HTTP/2 connection (RFC
 * 9113). Each stream is a channel of its own, whose parent is the connection. Netty has
 * made an HTTP/1.1 request of it: <code>Host</code> is there, the cookie fields are one,
 * and fields that concern a connection have been refused.
 */
final class Http2Stream {

	/**
	 * Fields by which Netty notes what has no place in HTTP/1.1.
	 */
	private static final List<CharSequence> NOTES = List.of(ExtensionHeaderNames.STREAM_ID.text(),
			ExtensionHeaderNames.SCHEME.text(), ExtensionHeaderNames.PATH.text());

	/**
	 * How much of all request bodies a client may send before any of it is read. What is
	 * usual is the window of one stream, so that one slow upload would stop all others.
	 */
	private static final int CONNECTION_WINDOW = 1024 * 1024;

	private static final AttributeKey<Boolean> WIDENED = AttributeKey.valueOf(Http2Stream.class, "widened");

	/**
	 * The last stream of a connection whose head has been passed on.
	 */
	private static final AttributeKey<Integer> LAST_BEGUN = AttributeKey.valueOf(Http2Stream.class, "last-begun");

	private Http2Stream() {
	}

	static boolean is(Channel channel) {
		return channel instanceof Http2StreamChannel;
	}

	/**
	 * The fields that the client sent.
	 * @param received the fields as Netty passes them; not changed
	 */
	static HttpHeaders sent(HttpHeaders received) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		headers.add(received);
		NOTES.forEach(headers::remove);
		return headers;
	}

	/**
	 * Netty loses a buffer for each request without a body that it refuses because of its
	 * first line (<code>HttpConversionUtil.toFullHttpRequest</code>). It refuses one with
	 * a body as well, and loses nothing.
	 * @param head a request, or trailers
	 * @return what to pass on in its place
	 */
	static Http2HeadersFrame refusable(Http2HeadersFrame head) {
		CharSequence method = head.headers().method();
		if (!head.isEndStream() || method == null) {
			// With a body, or trailers.
			return head;
		}
		boolean connect = HttpMethod.CONNECT.asciiName().contentEqualsIgnoreCase(method);
		CharSequence target = connect ? head.headers().authority() : head.headers().path();
		if (HttpHeaderValidationUtil.validateToken(method) < 0 && target != null
				&& HttpUtil.isEncodingSafeStartLineToken(target)) {
			return head;
		}
		return new DefaultHttp2HeadersFrame(head.headers(), false, head.padding()).stream(head.stream());
	}

	/**
	 * Notes that a request is passed on.
	 * @param connection the channel of the connection
	 * @param head a request, or trailers
	 */
	static void begin(Channel connection, Http2HeadersFrame head) {
		Http2FrameStream stream = head.stream();
		if (stream != null && head.headers().method() != null) {
			connection.attr(LAST_BEGUN).set(stream.id());
		}
	}

	/**
	 * Resets a stream whose head is malformed, as RFC 9113, section 8.1.1, wants it.
	 * Reactor Netty, which knows of no request there, would log each as an error with its
	 * stack trace, and any client could fill the log.
	 * @param ctx where the fault is told, in the pipeline of the connection
	 * @param cause what has happened
	 * @return false if it is something else: the faults of requests that have begun
	 * concern those who serve them
	 */
	static boolean refuse(ChannelHandlerContext ctx, Throwable cause) {
		if (!(cause instanceof Http2FrameStreamException fault)) {
			return false;
		}
		// A client numbers its streams upwards (RFC 9113, section 5.1.1).
		Integer last = ctx.channel().attr(LAST_BEGUN).get();
		if (last != null && fault.stream().id() <= last) {
			return false;
		}
		ctx.writeAndFlush(new DefaultHttp2ResetFrame(fault.error()).stream(fault.stream()));
		return true;
	}

	/**
	 * Cuts a response: to end it would make it look complete, and to cancel it would look
	 * as if the client had wanted that.
	 */
	static void cut(Channel stream) {
		stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR))
			.addListener(ChannelFutureListener.CLOSE);
	}

	/**
	 * Tells the client that it may send more as soon as more of a body is wanted. Netty
	 * writes a WINDOW_UPDATE frame then, but leaves it in its buffer if a read was asked
	 * for before (<code>AbstractHttp2StreamChannel.beginRead</code>), until something
	 * else is sent. A body that is not taken at the moment in which it arrives would get
	 * stuck.
	 * @param stream the stream
	 */
	static void flushWindowUpdates(Channel stream) {
		if (stream.pipeline().get(WindowUpdates.NAME) == null) {
			stream.pipeline().addFirst(WindowUpdates.NAME, WindowUpdates.INSTANCE);
		}
	}

	/**
	 * Widens the window of a connection (RFC 9113, section 6.9.2), once.
	 * @param stream one of its streams
	 */
	static void widenConnection(Channel stream) {
		Channel connection = stream.parent();
		if (connection.attr(WIDENED).setIfAbsent(Boolean.TRUE) == null
				&& connection.pipeline().get(Http2FrameCodec.class) != null) {
			connection.writeAndFlush(
					new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE));
		}
	}

	/**
	 * Stands first, so that what the other handlers have written goes out as they want.
	 */
	@ChannelHandler.Sharable
	private static final class WindowUpdates extends ChannelOutboundHandlerAdapter {

		static final String NAME = "iisnode.window-updates";

		static final WindowUpdates INSTANCE = new WindowUpdates();

		@Override
		public void read(ChannelHandlerContext ctx) {
			ctx.read();
			// Does nothing while the connection is being read: it flushes at the end.
			ctx.flush();
		}

	}

}
