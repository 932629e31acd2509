package io.iisnode.testing;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

/**
 * An HTTP/2 client that sends exactly the fields and frames it is told to. Every wait
 * ends after 20 s at the latest. A stream's window is opened again only by reading its
 * data.
 */
public final class Http2Client implements AutoCloseable {

	private static final int TIMEOUT_SECONDS = 20;

	private static final int CONNECTION_WINDOW = 64 * 1024 * 1024;

	private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Map<Http2FrameStream, Stream> streams = new ConcurrentHashMap<>();

	private final CompletableFuture<Integer> goAway = new CompletableFuture<>();

	private final Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
		.validateHeaders(false)
		.encoderEnforceMaxConcurrentStreams(false)
		.encoderIgnoreMaxHeaderListSize(true)
		.initialSettings(Http2Settings.defaultSettings().maxHeaderListSize(1 << 20))
		.gracefulShutdownTimeoutMillis(0)
		.build();

	private final Receiver receiver = new Receiver();

	private final Channel channel;

	private Http2Client(int port, boolean tls) {
		Bootstrap bootstrap = new Bootstrap().group(GROUP)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel created) throws SSLException {
					if (tls) {
						created.pipeline().addLast(sslContext().newHandler(created.alloc()));
					}
					created.pipeline().addLast(Http2Client.this.codec, Http2Client.this.receiver);
				}
			});
		this.channel = bootstrap.connect(new InetSocketAddress("127.0.0.1", port)).syncUninterruptibly().channel();
		if (tls) {
			this.channel.pipeline().get(SslHandler.class).handshakeFuture().syncUninterruptibly();
		}
		// A stream that is not read shall stop itself only.
		this.channel.writeAndFlush(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW)).syncUninterruptibly();
	}

	private static SslContext sslContext() throws SSLException {
		return SslContextBuilder.forClient()
			.trustManager(InsecureTrustManagerFactory.INSTANCE)
			.endpointIdentificationAlgorithm(null)
			.applicationProtocolConfig(
					new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
							SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2))
			.build();
	}

	/**
	 * Connects without TLS, with prior knowledge.
	 */
	public static Http2Client connect(int port) {
		return new Http2Client(port, false);
	}

	/**
	 * Connects with TLS, whatever the certificate.
	 */
	public static Http2Client connectTls(int port) {
		return new Http2Client(port, true);
	}

	/**
	 * Opens a stream.
	 * @param end whether there is no body
	 * @param fields lines of fields, pseudo fields too, in ISO 8859-1
	 */
	public Stream open(boolean end, List<String> fields) {
		Stream stream = new Stream(this.receiver.newStream());
		this.streams.put(stream.id, stream);
		this.channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers(fields), end).stream(stream.id));
		return stream;
	}

	/**
	 * A GET that asks for the host that is called test.
	 */
	public Stream get(String path) {
		return open(true, List.of(":method: GET", ":scheme: http", ":authority: test", ":path: " + path));
	}

	/**
	 * Waits for the last stream that the server is ready to serve.
	 */
	public int goAway() {
		return await(this.goAway);
	}

	/**
	 * Whether the connection is still there.
	 */
	public boolean isOpen() {
		return this.channel.isActive();
	}

	@Override
	public void close() {
		this.channel.close().syncUninterruptibly();
	}

	private static Http2Headers headers(List<String> lines) {
		Http2Headers headers = new DefaultHttp2Headers(false);
		for (String line : lines) {
			int colon = line.indexOf(':', 1);
			headers.add(bytes(line.substring(0, colon)), bytes(line.substring(colon + 1).replaceFirst("^ ", "")));
		}
		return headers;
	}

	private static AsciiString bytes(String text) {
		return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
	}

	static List<String> lines(Http2Headers headers) {
		List<String> lines = new ArrayList<>();
		headers.forEach((field) -> lines.add(field.getKey() + ": " + field.getValue()));
		return lines;
	}

	private static <T> T await(CompletableFuture<T> future) {
		try {
			return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError("Not in time", ex);
		}
	}

	/**
	 * One request and its response.
	 */
	public final class Stream {

		private final Http2FrameStream id;

		private final BlockingQueue<Object> frames = new LinkedBlockingQueue<>();

		Stream(Http2FrameStream id) {
			this.id = id;
		}

		/**
		 * Sends a piece of the body, as soon as the window is open for it.
		 */
		public Stream send(byte[] piece, boolean end) {
			Http2Client.this.channel
				.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(piece), end).stream(this.id));
			return this;
		}

		public Stream send(String piece, boolean end) {
			return send(piece.getBytes(StandardCharsets.ISO_8859_1), end);
		}

		/**
		 * Ends the request with trailer fields.
		 */
		public Stream trailers(List<String> fields) {
			Http2Client.this.channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers(fields), true).stream(this.id));
			return this;
		}

		/**
		 * Takes no more.
		 */
		public void cancel() {
			Http2Client.this.channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(this.id))
				.syncUninterruptibly();
		}

		/**
		 * The next frame; its window is opened again if it has data. A failure of the
		 * connection is thrown.
		 */
		public Http2Frame next() {
			Object frame;
			try {
				frame = this.frames.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			if (frame instanceof Http2DataFrame data) {
				Http2Client.this.channel.writeAndFlush(
						new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(this.id));
			}
			if (frame instanceof Http2Frame read) {
				return read;
			}
			throw new AssertionError("No frame, but " + frame, (frame instanceof Throwable cause) ? cause : null);
		}

		/**
		 * How many frames have arrived and not been read.
		 */
		public int waiting() {
			return this.frames.size();
		}

		/**
		 * The next frame, which must be one of header fields.
		 */
		public Http2Response head() {
			Http2Frame frame = next();
			if (frame instanceof Http2HeadersFrame headers) {
				return Http2Response.of(headers);
			}
			throw new AssertionError("Not a head: " + frame);
		}

		/**
		 * The next frame, which must be one of data.
		 */
		public String data() {
			if (next() instanceof Http2DataFrame data) {
				return data.content().toString(StandardCharsets.ISO_8859_1);
			}
			throw new AssertionError("Not data");
		}

		/**
		 * The whole response, interim ones before it.
		 */
		public Http2Response response() {
			return Http2Response.read(this);
		}

	}

	/**
	 * Gives each frame to its stream.
	 */
	private final class Receiver extends Http2ChannelDuplexHandler {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			if (msg instanceof Http2DataFrame data) {
				// Nobody has to release it.
				byte[] bytes = ByteBufUtil.getBytes(data.content());
				Http2Client.this.streams.get(data.stream()).frames
					.add(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), data.isEndStream(), data.padding())
						.stream(data.stream()));
			}
			else if (msg instanceof Http2HeadersFrame || msg instanceof Http2ResetFrame) {
				Http2Client.this.streams.get(((Http2StreamFrame) msg).stream()).frames.add(msg);
			}
			else if (msg instanceof Http2GoAwayFrame frame) {
				Http2Client.this.goAway.complete(frame.lastStreamId());
			}
			ReferenceCountUtil.release(msg);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			if (cause instanceof Http2FrameStreamException failure) {
				Http2Client.this.streams.get(failure.stream()).frames.add(cause);
			}
			else {
				Http2Client.this.streams.values().forEach((stream) -> stream.frames.add(cause));
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			Http2Client.this.streams.values().forEach((stream) -> stream.frames.add("the connection was closed"));
		}

	}

}
