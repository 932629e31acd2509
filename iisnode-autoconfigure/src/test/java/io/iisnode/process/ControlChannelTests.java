package io.iisnode.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalServerChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.iisnode.transport.AsyncManager;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeConnector;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ControlChannel}.
 */
class ControlChannelTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static final int MAX_LINE = 64 * 1024;

	private final MemoryTransport transport = new MemoryTransport();

	private final AsyncManager async = new AsyncManager(this.transport, 1);

	private final PipeAddress address = this.transport.newAddress();

	private final BlockingQueue<Map<String, String>> messages = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> fromHost = new LinkedBlockingQueue<>();

	private final CompletableFuture<Channel> agent = new CompletableFuture<>();

	private final ControlChannel control = new ControlChannel(this.async.next(), this::received);

	private void received(Map<String, String> message) {
		if ("throw".equals(message.get("type"))) {
			throw new IllegalArgumentException("as a listener may that does not like a value");
		}
		this.messages.add(message);
	}

	@BeforeEach
	void listen() {
		new ServerBootstrap().group(this.async.next())
			.channel(LocalServerChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(new Receiver());
				}

			})
			.bind(new LocalAddress(this.address.path()))
			.syncUninterruptibly();
	}

	@AfterEach
	void close() {
		this.async.close();
	}

	private void open() throws InterruptedException {
		connect();
		assertThat(fromHost()).isEqualTo("type=hello\n");
	}

	private void connect() {
		this.control.open(new PipeConnector(this.transport, 1024), this.address, LIMIT, () -> true);
	}

	private void say(String text) {
		say(text.getBytes(StandardCharsets.UTF_8));
	}

	private void say(byte[] bytes) {
		this.agent.join().writeAndFlush(Unpooled.copiedBuffer(bytes)).syncUninterruptibly();
	}

	private Map<String, String> message() throws InterruptedException {
		Map<String, String> message = this.messages.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
		assertThat(message).as("a message").isNotNull();
		return message;
	}

	private String fromHost() throws InterruptedException {
		String text = this.fromHost.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
		assertThat(text).as("a message from the host").isNotNull();
		return text;
	}

	@Test
	void theHostSaysHelloFirst() throws Exception {
		connect();
		assertThat(fromHost()).isEqualTo("type=hello\n");
	}

	@Test
	void valuesGoBothWaysPercentEncoded() throws Exception {
		open();
		this.control.send("report", Map.of("file", "/tmp/a b&c=ü%\n.json"));
		assertThat(fromHost()).isEqualTo("type=report&file=%2Ftmp%2Fa+b%26c%3D%C3%BC%25%0A.json\n");
		say("type=result&file=%2Ftmp%2Fa+b%26c%3D%C3%BC%25%0A.json\n");
		assertThat(message()).containsExactly(Map.entry("type", "result"), Map.entry("file", "/tmp/a b&c=ü%\n.json"));
	}

	@Test
	void linesComeInPiecesAndSeveralAtOnce() throws Exception {
		open();
		byte[] bytes = "type=a&v=ü\ntype=b\ntype=c\nty".getBytes(StandardCharsets.UTF_8);
		for (byte next : bytes) {
			say(new byte[] { next });
		}
		say("pe=d\ntype=e\n");
		for (String type : List.of("a", "b", "c", "d", "e")) {
			assertThat(message()).containsEntry("type", type);
		}
	}

	@Test
	void whatIsNotUnderstoodIsSkipped() throws Exception {
		open();
		say("\n");
		say("%zz=%\n");
		say(new byte[] { (byte) 0xff, (byte) 0xfe, 0, 7, '\n' });
		say("type=throw\n");
		say("=&&=&type\n");
		say("type=good\n");
		Map<String, String> message = message();
		while (!"good".equals(message.get("type"))) {
			assertThat(message.getOrDefault("type", "")).isEmpty();
			message = message();
		}
	}

	@Test
	void anOverlongLineIsDroppedAndTheNextOneIsRead() throws Exception {
		open();
		say("type=long&v=" + "x".repeat(MAX_LINE));
		say("y".repeat(MAX_LINE));
		say("\ntype=after\n");
		assertThat(message()).containsEntry("type", "after");
	}

	@Test
	void theLongestLineIsRead() throws Exception {
		open();
		String value = "x".repeat(MAX_LINE - "type=long&v=".length());
		say("type=long&v=" + value + "\n");
		assertThat(message()).containsEntry("v", value);
	}

	@Test
	void whatIsSentBeforeThereIsAConnectionIsLostWithoutHarm() throws Exception {
		this.control.send("shutdown", Map.of());
		open();
		assertThat(this.fromHost).isEmpty();
	}

	@Test
	void aChannelClosedBeforeItIsConnectedClosesTheConnection() {
		this.control.close();
		connect();
		this.agent.join().closeFuture().awaitUninterruptibly(LIMIT.toMillis());
		assertThat(this.agent.join().isActive()).isFalse();
		assertThat(this.fromHost).isEmpty();
	}

	private final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			ControlChannelTests.this.agent.complete(ctx.channel());
		}

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
			ControlChannelTests.this.fromHost.add(message.toString(StandardCharsets.UTF_8));
		}

	}

}
