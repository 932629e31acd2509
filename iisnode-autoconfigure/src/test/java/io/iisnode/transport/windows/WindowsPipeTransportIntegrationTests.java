package io.iisnode.transport.windows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.windows.WindowsPipeTransport.CompletionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Named pipes of Windows with node at the other end.
 */
@EnabledOnOs(OS.WINDOWS)
@ParameterizedClass
@EnumSource(CompletionMode.class)
class WindowsPipeTransportIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	/** Echoes until it has read a line "hash" or "send N" at the very beginning. */
	private static final String SERVER = """
			const { createHash } = require('crypto');
			const block = Buffer.alloc(65536, 'iisnode');
			let received = 0;
			require('net').createServer({ allowHalfOpen: true }, (socket) => {
				socket.on('error', () => {});
				socket.on('end', () => socket.end());
				socket.on('data', (data) => { received += data.length; });
				socket.once('data', (first) => {
					const text = first.toString('latin1');
					if (text.startsWith('hash ')) {
						const hash = createHash('sha256');
						let left = Number(text.slice(5).split(' ')[0]);
						const take = (data) => {
							hash.update(data);
							left -= data.length;
							if (left === 0) socket.write(hash.digest('hex'));
						};
						take(first.subarray(text.indexOf(' ', 5) + 1));
						socket.on('data', take);
					} else if (text.startsWith('send ')) {
						let blocks = Number(text.slice(5));
						const next = () => {
							while (blocks > 0) {
								blocks--;
								if (!socket.write(block)) return socket.once('drain', next);
							}
							socket.end();
						};
						next();
					} else if (text.startsWith('count')) {
						socket.write(String(received));
					} else if (text.startsWith('die')) {
						process.exit(3);
					} else if (text.startsWith('silent')) {
						socket.pause();
					} else {
						socket.write(first);
						socket.on('data', (data) => socket.write(data));
					}
				});
			}).listen(process.env.PORT, () => console.log('listening'));
			""";

	@TempDir
	private Path folder;

	private final WindowsPipeTransport transport;

	private final EventLoopGroup group;

	private final PipeAddress address;

	private Process node;

	WindowsPipeTransportIntegrationTests(CompletionMode mode) {
		this.transport = new WindowsPipeTransport(mode);
		this.group = new MultiThreadIoEventLoopGroup(2, this.transport.ioHandlerFactory());
		this.address = this.transport.newAddress();
	}

	@BeforeEach
	void start() throws Exception {
		Path script = Files.writeString(this.folder.resolve("server.js"), SERVER);
		ProcessBuilder builder = new ProcessBuilder("node", script.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD);
		builder.environment().put("PORT", this.address.path());
		builder.environment().putAll(this.transport.environment());
		this.node = builder.start();
		assertThat(this.node.inputReader().readLine()).isEqualTo("listening");
		this.transport.expectServer(this.address, (pid) -> pid == this.node.pid());
	}

	@AfterEach
	void end() throws Exception {
		this.transport.close();
		this.group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
		this.node.toHandle().destroyForcibly();
		assertThat(this.node.waitFor(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void echoes2000RandomBodies() {
		Random random = new Random(42);
		Receiver receiver = new Receiver();
		Channel channel = connect(receiver);
		for (int i = 0; i < 2000; i++) {
			byte[] body = new byte[1 + random.nextInt((i % 50 == 0) ? 300_000 : 3000)];
			random.nextBytes(body);
			if (i == 0) {
				body[0] = 'x';
			}
			receiver.expect(body.length);
			int cut = random.nextInt(body.length);
			channel.write(Unpooled.copiedBuffer(body, 0, cut));
			channel.writeAndFlush(Unpooled.copiedBuffer(body, cut, body.length - cut));
			assertThat(receiver.await()).as("body %d", i).isEqualTo(body);
		}
	}

	@Test
	void uploads100MebibytesWithBackPressure() throws Exception {
		int blocks = 1600;
		long size = blocks * 65536L;
		Receiver receiver = new Receiver();
		Channel channel = connect(receiver);
		channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(65536, 131072));
		receiver.expect(64);
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		channel.writeAndFlush(Unpooled.copiedBuffer("hash " + size + " ", StandardCharsets.ISO_8859_1));
		Random random = new Random(1);
		byte[] block = new byte[65536];
		for (int i = 0; i < blocks; i++) {
			random.nextBytes(block);
			digest.update(block);
			ChannelFuture writing = channel.writeAndFlush(Unpooled.copiedBuffer(block));
			if (!channel.isWritable()) {
				assertThat(writing.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
			}
		}
		assertThat(new String(receiver.await(), StandardCharsets.ISO_8859_1))
			.isEqualTo(HexFormat.of().formatHex(digest.digest()));
	}

	@Test
	void downloads100MebibytesToASlowReader() throws Exception {
		MessageDigest expected = MessageDigest.getInstance("SHA-256");
		byte[] block = new byte[65536];
		for (int i = 0; i < block.length; i++) {
			block[i] = (byte) "iisnode".charAt(i % 7);
		}
		for (int i = 0; i < 1600; i++) {
			expected.update(block);
		}
		MessageDigest actual = MessageDigest.getInstance("SHA-256");
		AtomicLong count = new AtomicLong();
		Channel channel = connect(new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext ctx, Object msg) {
				ByteBuf buffer = (ByteBuf) msg;
				count.addAndGet(buffer.readableBytes());
				actual.update(buffer.nioBuffer());
				buffer.release();
			}

		});
		channel.writeAndFlush(Unpooled.copiedBuffer("send 1600", StandardCharsets.ISO_8859_1));
		Awaitility.await().until(() -> count.get() > 1_000_000);
		channel.config().setAutoRead(false);
		Thread.sleep(300);
		long paused = count.get();
		Thread.sleep(500);
		assertThat(count.get()).isEqualTo(paused).isLessThan(1600 * 65536L);
		channel.config().setAutoRead(true);
		assertThat(channel.closeFuture().await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(count.get()).isEqualTo(1600 * 65536L);
		assertThat(actual.digest()).isEqualTo(expected.digest());
	}

	@Test
	void serves500ConnectionsAtOnce() {
		List<Receiver> receivers = new ArrayList<>();
		List<ChannelFuture> connecting = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			Receiver receiver = new Receiver();
			receiver.expect(("hello " + i).length());
			receivers.add(receiver);
			connecting.add(tryConnect(receiver, this.address));
		}
		for (int i = 0; i < 500; i++) {
			connecting.get(i).syncUninterruptibly();
			connecting.get(i).channel().writeAndFlush(Unpooled.copiedBuffer("hello " + i, StandardCharsets.UTF_8));
		}
		for (int i = 0; i < 500; i++) {
			assertThat(receivers.get(i).await()).asString(StandardCharsets.UTF_8).isEqualTo("hello " + i);
		}
	}

	@Test
	void deathOfTheProcessIsTheEndOfTheStream() {
		Channel idle = connect(new Receiver());
		Channel channel = connect(new Receiver());
		channel.writeAndFlush(Unpooled.copiedBuffer("die", StandardCharsets.UTF_8));
		assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
		assertThat(idle.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
		ChannelFuture again = tryConnect(new Receiver(), this.address).awaitUninterruptibly();
		assertThat(again.cause()).hasMessageContaining("error 2");
	}

	@Test
	void closesWithAWritePendingThatNobodyReads() {
		Channel channel = connect(new Receiver());
		channel.writeAndFlush(Unpooled.copiedBuffer("silent", StandardCharsets.UTF_8)).syncUninterruptibly();
		ByteBuf data = Unpooled.directBuffer().writeZero(65536);
		List<ChannelFuture> writing = new ArrayList<>();
		for (int i = 0; i < 512; i++) {
			writing.add(channel.writeAndFlush(data.retainedDuplicate()));
		}
		ChannelFuture last = writing.get(writing.size() - 1);
		assertThat(last.awaitUninterruptibly(500, TimeUnit.MILLISECONDS))
			.as(() -> writing.stream().filter(ChannelFuture::isSuccess).count() + " written")
			.isFalse();
		channel.close().syncUninterruptibly();
		assertThat(last.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
		assertThat(last.cause()).isNotNull();
		Awaitility.await().until(() -> data.refCnt() == 1);
		data.release();
	}

	@Test
	void whoSquatsANameGetsNoByte() {
		this.transport.expectServer(this.address, (pid) -> pid == ProcessHandle.current().pid());
		ChannelFuture connecting = tryConnect(new Receiver(), this.address).awaitUninterruptibly();
		assertThat(connecting.cause()).hasMessageContaining("is served by process " + this.node.pid());
		this.transport.delete(this.address);
		assertThat(tryConnect(new Receiver(), this.address).awaitUninterruptibly().isSuccess()).isFalse();
		// Not a byte has reached it.
		this.transport.expectServer(this.address, (pid) -> pid == this.node.pid());
		Receiver receiver = new Receiver();
		receiver.expect(1);
		connect(receiver).writeAndFlush(Unpooled.copiedBuffer("count", StandardCharsets.UTF_8));
		assertThat(receiver.await()).asString(StandardCharsets.UTF_8).isEqualTo("5");
	}

	@Test
	void namesCannotBeGuessed() {
		PipeAddress other = this.transport.newAddress();
		assertThat(other).isNotEqualTo(this.address);
		assertThat(other.path()).matches("\\\\\\\\\\.\\\\pipe\\\\[0-9a-f]{40}");
	}

	@Test
	void nobodyListens() {
		ChannelFuture connecting = tryConnect(new Receiver(), this.transport.newAddress()).awaitUninterruptibly();
		assertThat(connecting.cause()).hasMessageContaining("error 2");
	}

	private Channel connect(ChannelInboundHandlerAdapter handler) {
		return tryConnect(handler, this.address).syncUninterruptibly().channel();
	}

	private ChannelFuture tryConnect(ChannelInboundHandlerAdapter handler, PipeAddress pipe) {
		EventLoop loop = this.group.next();
		return new Bootstrap().group(loop)
			.channelFactory(() -> this.transport.newChannel(loop))
			.handler(handler)
			.connect(this.transport.socketAddress(loop, pipe));
	}

	/**
	 * Collects a number of bytes.
	 */
	private static final class Receiver extends ChannelInboundHandlerAdapter {

		private byte[] expected = new byte[0];

		private int count;

		synchronized void expect(int length) {
			this.expected = new byte[length];
			this.count = 0;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			ByteBuf buffer = (ByteBuf) msg;
			synchronized (this) {
				int length = buffer.readableBytes();
				buffer.readBytes(this.expected, this.count, length);
				this.count += length;
				notifyAll();
			}
			buffer.release();
		}

		synchronized byte[] await() {
			long deadline = System.nanoTime() + LONG.toNanos();
			while (this.count < this.expected.length) {
				long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
				assertThat(left).as("received %d of %d", this.count, this.expected.length).isPositive();
				try {
					wait(left);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}
			return this.expected;
		}

	}

}
