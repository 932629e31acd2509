package io.iisnode.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeClosedException;
import io.iisnode.transport.PipeConnection;

/**
 * HTTP over one connection to a node process. It lives as long as the connection and
 * serves one exchange after another; between two of them nothing may arrive.
 * <p>
 * Confined to the event loop of the connection.
 */
final class ProtocolBridge extends ChannelInboundHandlerAdapter {

	private static final String NAME = "iisnode.bridge";

	private static final String ENCODER = "iisnode.encoder";

	private final PipeConnection connection;

	private final Channel channel;

	private final NodeResponseDecoder decoder;

	private final ChannelFutureListener writeResult = this::written;

	private @Nullable PipeListener exchange;

	/**
	 * Called when the answer has been read and nothing follows it.
	 */
	private @Nullable Runnable onClean;

	private boolean interim;

	private @Nullable HttpResponse switching;

	private boolean flushScheduled;

	private ProtocolBridge(PipeConnection connection, ExchangeSettings settings) {
		this.connection = connection;
		this.channel = connection.channel();
		this.decoder = new NodeResponseDecoder(settings.maxHeadSize());
	}

	/**
	 * The bridge of a connection; made with its first exchange.
	 */
	static ProtocolBridge of(PipeConnection connection, ExchangeSettings settings) {
		ProtocolBridge bridge = (ProtocolBridge) connection.channel().pipeline().get(NAME);
		if (bridge == null) {
			bridge = new ProtocolBridge(connection, settings);
			bridge.channel.pipeline()
				.addLast(bridge.decoder)
				.addLast(ENCODER, new HttpRequestEncoder())
				.addLast(NAME, bridge);
		}
		return bridge;
	}

	PipeConnection connection() {
		return this.connection;
	}

	/**
	 * Begins an exchange.
	 * @param head the head of the request; a full request if it has no body
	 */
	void begin(PipeListener listener, HttpRequest head) {
		this.exchange = listener;
		this.decoder.expect(HttpMethod.HEAD.equals(head.method()));
		write(head);
		if (head instanceof FullHttpRequest) {
			this.channel.flush();
		}
		else {
			scheduleFlush();
		}
	}

	/**
	 * Writes a piece of the request body, flushed together with what else is written in
	 * this turn of the loop.
	 */
	void writeBody(ByteBuf piece) {
		PipeListener current = this.exchange;
		if (current != null) {
			current.onActivity();
		}
		write(new DefaultHttpContent(piece));
		if (this.channel.isWritable()) {
			scheduleFlush();
		}
		else {
			this.channel.flush();
		}
	}

	/**
	 * Ends the request.
	 * @return done when all of it has been handed to the operating system
	 */
	ChannelFuture writeEnd(HttpHeaders trailers) {
		PipeListener current = this.exchange;
		if (current != null) {
			current.onActivity();
		}
		ChannelFuture written = write(trailers.isEmpty() ? LastHttpContent.EMPTY_LAST_CONTENT : withTrailers(trailers));
		this.channel.flush();
		return written;
	}

	private static LastHttpContent withTrailers(HttpHeaders trailers) {
		LastHttpContent last = new DefaultLastHttpContent();
		last.trailingHeaders().add(trailers);
		return last;
	}

	private ChannelFuture write(HttpObject part) {
		return this.channel.write(part).addListener(this.writeResult);
	}

	private void written(ChannelFuture future) {
		PipeListener current = this.exchange;
		if (!future.isSuccess() && current != null) {
			current.onWriteFailed(future.cause());
		}
	}

	private void scheduleFlush() {
		if (!this.flushScheduled) {
			this.flushScheduled = true;
			this.channel.eventLoop().execute(() -> {
				this.flushScheduled = false;
				this.channel.flush();
			});
		}
	}

	/**
	 * Whether anything of the response has arrived, be it HTTP or not.
	 */
	boolean hasResponseBegun() {
		return this.decoder.hasBegun();
	}

	boolean isWritable() {
		return this.channel.isWritable();
	}

	void read(boolean wanted) {
		if (this.channel.config().isAutoRead() != wanted) {
			this.channel.config().setAutoRead(wanted);
		}
	}

	/**
	 * Ends the use by an exchange whose request and response are complete.
	 * @param whenClean called if and when it is sure that nothing follows the response
	 */
	void finish(Runnable whenClean) {
		this.exchange = null;
		if (this.decoder.hasExcess()) {
			this.connection.close();
			return;
		}
		this.onClean = whenClean;
		read(true);
	}

	/**
	 * Like {@link #finish}, where the response may have been read long ago.
	 */
	void finishLate(Runnable whenClean) {
		finish(whenClean);
		this.channel.eventLoop().execute(this::settle);
	}

	/**
	 * Gives an exchange whose response is complete, but not its request, to somebody
	 * else.
	 */
	void passTo(PipeListener successor) {
		this.exchange = successor;
		read(true);
	}

	/**
	 * Leaves HTTP. What has been read behind the head of the response goes to the
	 * successor.
	 */
	void handOver(ChannelHandler successor) {
		this.exchange = null;
		ChannelPipeline pipeline = this.channel.pipeline();
		pipeline.replace(this, NAME, successor);
		pipeline.remove(ENCODER);
		pipeline.remove(this.decoder);
	}

	/**
	 * Ends the use by an exchange that is not complete: the connection is lost.
	 */
	void abort() {
		this.exchange = null;
		this.connection.close();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		PipeListener current = this.exchange;
		if (current == null) {
			// Nobody asked: a second answer must never reach the next client.
			ReferenceCountUtil.release(msg);
			this.onClean = null;
			this.connection.close();
			return;
		}
		current.onActivity();
		HttpObject part = (HttpObject) msg;
		if (part.decoderResult().isFailure()) {
			ReferenceCountUtil.release(msg);
			notHttp(current, part.decoderResult());
			return;
		}
		if (part instanceof HttpResponse response) {
			head(current, response);
		}
		// Not else: Netty may deliver head and end in one object.
		if (part instanceof HttpContent content) {
			body(current, content);
		}
	}

	private void notHttp(PipeListener current, DecoderResult result) {
		current.onBroken("sent something that is not an HTTP response: " + result.cause().getMessage(), result.cause());
	}

	private void head(PipeListener current, HttpResponse response) {
		String fault = ResponseRules.fault(response);
		if (fault != null) {
			current.onBroken("sent a response " + fault, null);
			return;
		}
		ResponseRules.settleEnd(response);
		boolean switches = response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
		this.interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL && !switches;
		if (switches) {
			// Acted upon at its end, when nothing but bytes can follow.
			this.switching = response;
		}
		else if (this.interim) {
			current.onInterim(response);
		}
		else {
			current.onHead(response);
		}
	}

	private void body(PipeListener current, HttpContent content) {
		if (this.interim) {
			// Netty ends every message, this kind too.
			content.release();
			return;
		}
		HttpResponse switched = this.switching;
		if (switched != null) {
			this.switching = null;
			content.release();
			current.onSwitch(switched);
			return;
		}
		if (content.content().isReadable()) {
			current.onBody(content.content());
		}
		else {
			content.release();
		}
		if (content instanceof LastHttpContent last && this.exchange == current) {
			this.decoder.complete();
			current.onEnd(last.trailingHeaders());
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		PipeListener current = this.exchange;
		if (current != null) {
			current.onReadComplete();
		}
		else {
			settle();
		}
	}

	private void settle() {
		Runnable clean = this.onClean;
		if (clean != null) {
			this.onClean = null;
			if (!this.decoder.hasExcess()) {
				clean.run();
			}
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		PipeListener current = this.exchange;
		if (current != null) {
			current.onWritabilityChanged(this.channel.isWritable());
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		PipeListener current = this.exchange;
		if (current != null) {
			current.onBroken("closed the connection", new PipeClosedException("The process closed the connection"));
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		PipeListener current = this.exchange;
		if (current != null) {
			current.onBroken("broke the connection: " + cause.getMessage(), cause);
		}
		this.connection.close();
	}

}
