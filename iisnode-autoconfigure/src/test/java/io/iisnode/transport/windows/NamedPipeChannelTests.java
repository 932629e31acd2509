package io.iisnode.transport.windows;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.transport.windows.WindowsPipeTransport.CompletionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The channel on any operating system.
 */
@ParameterizedClass
@EnumSource(CompletionMode.class)
class NamedPipeChannelTests {

	private final FakeCompletionPort port = new FakeCompletionPort();

	private final @Nullable CompletionThread thread;

	private final EventLoopGroup group;

	private final Recorder recorder = new Recorder();

	NamedPipeChannelTests(CompletionMode mode) {
		this.thread = (mode == CompletionMode.COMPLETION_THREAD) ? new CompletionThread(this.port) : null;
		this.group = new MultiThreadIoEventLoopGroup(1, (this.thread != null) ? NioIoHandler.newFactory()
				: CompletionPortIoHandler.newFactory(() -> this.port));
	}

	@AfterEach
	void end() {
		if (this.thread != null) {
			this.thread.close();
		}
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
		assertThat(this.port.closed).isTrue();
	}

	@Test
	void readsOnAfterEachPacket() {
		connect();
		pipe().deliver("one ");
		await(() -> this.recorder.text().equals("one "));
		await(() -> pipe().read != null);
		pipe().deliver("two");
		await(() -> this.recorder.text().equals("one two"));
	}

	@Test
	void postsNoReadWithoutDemand() {
		Channel channel = connect();
		channel.config().setAutoRead(false);
		pipe().deliver("one");
		await(() -> this.recorder.text().equals("one"));
		onLoop(() -> {
		});
		assertThat(pipe().read).isNull();
		channel.config().setAutoRead(true);
		await(() -> pipe().read != null);
	}

	@Test
	void brokenPipeIsTheEndOfTheStream() {
		Channel channel = connect();
		pipe().deliver("last");
		await(() -> !this.recorder.text().isEmpty() && pipe().read != null);
		pipe().failRead(Errors.BROKEN_PIPE);
		assertThat(channel.closeFuture().awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
		await(() -> this.recorder.events.contains("inactive"));
		assertThat(this.recorder.text()).isEqualTo("last");
		assertThat(this.recorder.failures).isEmpty();
		assertThat(pipe().isClosed).isTrue();
	}

	@Test
	void gathersWhatIsFlushedTogetherAndKeepsItsOrder() {
		Channel channel = connect();
		pipe().immediateWrites = 1;
		channel.write(bytes("head "));
		channel.write(Unpooled.EMPTY_BUFFER);
		channel.writeAndFlush(bytes("body")).syncUninterruptibly();
		assertThat(pipe().written).hasToString("head body");
	}

	@Test
	void partialWritesGoOn() {
		Channel channel = connect();
		ChannelFuture writing = channel.writeAndFlush(bytes("abcdef"));
		for (int i = 0; i < 3; i++) {
			await(() -> pipe().write != null);
			pipe().take(2);
		}
		assertThat(writing.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
		assertThat(pipe().written).hasToString("abcdef");
	}

	@Test
	void listenersThatWriteAgainSendNothingTwice() {
		Channel channel = connect();
		pipe().immediateWrites = 1;
		ChannelFuture[] second = new ChannelFuture[1];
		onLoop(() -> channel.writeAndFlush(bytes("a"))
			.addListener((ignored) -> second[0] = channel.writeAndFlush(bytes("b"))));
		await(() -> pipe().write != null);
		// The end of a pending write calls listeners as well.
		onLoop(() -> second[0].addListener((ignored) -> channel.writeAndFlush(bytes("c"))));
		pipe().take(1);
		await(() -> pipe().write != null);
		pipe().take(1);
		await(() -> pipe().written.length() >= 3);
		assertThat(pipe().written).hasToString("abc");
	}

	@Test
	void aFailedWriteLeavesTheAnswerReadable() {
		Channel channel = connect();
		ChannelFuture writing = channel.writeAndFlush(bytes("request"));
		await(() -> pipe().write != null);
		pipe().failWrite(Errors.NO_DATA);
		assertThat(writing.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
		assertThat(writing.cause()).isInstanceOf(IOException.class);
		assertThat(channel.isActive()).isTrue();
		pipe().deliver("answer");
		await(() -> this.recorder.text().equals("answer"));
	}

	@Test
	void buffersOfPendingOperationsOutliveTheChannel() {
		Channel channel = connect();
		ByteBuf data = bytes("x".repeat(20_000));
		onLoop(() -> {
			channel.writeAndFlush(data);
			FakeCompletionPort.Pending read = pipe().read;
			FakeCompletionPort.Pending write = pipe().write;
			channel.close();
			assertThat(read.buffer().refCnt()).isPositive();
			assertThat(write.buffer().refCnt()).isPositive();
		});
		await(() -> data.refCnt() == 0 && pipe().read == null && pipe().write == null);
		assertThat(this.recorder.failures).isEmpty();
	}

	@Test
	void closeOfTheLoopOrTheThreadClosesTheChannel() {
		Channel channel = connect();
		if (this.thread != null) {
			this.thread.close();
		}
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
		assertThat(channel.isOpen()).isFalse();
		assertThat(pipe().isClosed).isTrue();
	}

	@Test
	void aFailedAllocationEndsItsChannelAndNoOther() {
		Channel poor = connect();
		Recorder otherRecorder = new Recorder();
		Channel other = bootstrap(otherRecorder, (name, pid) -> {
		}).syncUninterruptibly().channel();
		FakeCompletionPort.FakePipe otherPipe = this.port.pipes.get(1);
		await(() -> otherPipe.read != null);
		poor.config().setAllocator(new NoMemory());
		pipe().deliver("one");
		otherPipe.deliver("two");
		assertThat(poor.closeFuture().awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
		await(() -> this.recorder.events.contains("inactive"));
		assertThat(this.recorder.text()).isEqualTo("one");
		assertThat(this.recorder.failures).hasSize(1).first().isInstanceOf(OutOfMemoryError.class);
		await(() -> otherRecorder.text().equals("two") && otherPipe.read != null);
		assertThat(other.isActive()).isTrue();
		other.close().syncUninterruptibly();
	}

	@Test
	void anIdleChannelHoldsNoLargeBuffer() {
		Channel channel = connect();
		channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(1 << 20));
		FakeCompletionPort.Pending first = pipe().read;
		pipe().deliver("x");
		await(() -> pipe().read != null && pipe().read != first);
		assertThat(pipe().read.buffer().capacity()).isBetween(1, 64 * 1024);
	}

	@Test
	void shutdownOfTheInputCancelsTheReadAndGivesItsBufferBack() {
		Channel channel = connect();
		ByteBuf buffer = pipe().read.buffer();
		((DomainSocketChannel) channel).shutdownInput().syncUninterruptibly();
		await(() -> buffer.refCnt() == 0);
		channel.read();
		onLoop(() -> {
		});
		assertThat(pipe().read).isNull();
		assertThat(channel.isActive()).isTrue();
		assertThat(this.recorder.events).isEmpty();
		assertThat(this.recorder.failures).isEmpty();
	}

	@Test
	void shutdownOfTheOutputCancelsTheWriteAndReadingGoesOn() {
		Channel channel = connect();
		ByteBuf data = bytes("x".repeat(20_000));
		ChannelFuture writing = channel.writeAndFlush(data);
		await(() -> pipe().write != null);
		((DomainSocketChannel) channel).shutdownOutput().syncUninterruptibly();
		assertThat(writing.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
		assertThat(writing.isSuccess()).isFalse();
		await(() -> data.refCnt() == 0 && pipe().write == null);
		assertThat(channel.writeAndFlush(bytes("late")).awaitUninterruptibly().isSuccess()).isFalse();
		pipe().deliver("answer");
		await(() -> this.recorder.text().equals("answer"));
		assertThat(pipe().written).isEmpty();
	}

	@Test
	void busyAndAbsentPipesFailTheConnect() {
		for (int code : List.of(Errors.PIPE_BUSY, Errors.FILE_NOT_FOUND)) {
			this.port.openFailure = code;
			ChannelFuture connecting = bootstrap((name, pid) -> {
			}).awaitUninterruptibly();
			assertThat(connecting.cause()).isInstanceOf(ConnectException.class).hasMessageContaining(code + ")");
		}
	}

	@Test
	void nothingIsWrittenToAPipeOfSomebodyElse() {
		ChannelFuture connecting = bootstrap((name, pid) -> {
			throw new IOException(name + " is served by " + pid);
		}).awaitUninterruptibly();
		assertThat(connecting.cause()).hasMessageContaining("4711");
		assertThat(pipe().isClosed).isTrue();
		assertThat(pipe().written).isEmpty();
	}

	@Test
	void timersOfTheLoopAreOnTime() {
		long began = System.nanoTime();
		this.group.next().schedule(() -> {
		}, 30, TimeUnit.MILLISECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(30), Duration.ofSeconds(2));
	}

	private Channel connect() {
		Channel channel = bootstrap((name, pid) -> {
		}).syncUninterruptibly().channel();
		await(() -> pipe().read != null);
		return channel;
	}

	private ChannelFuture bootstrap(ServerCheck check) {
		return bootstrap(this.recorder, check);
	}

	private ChannelFuture bootstrap(Recorder handler, ServerCheck check) {
		return new Bootstrap().group(this.group)
			.channelFactory(() -> new NamedPipeChannel(check, (this.thread != null) ? this.port : null))
			.option(ChannelOption.AUTO_CLOSE, false)
			.handler(handler)
			.connect(new DomainSocketAddress("\\\\.\\pipe\\test"));
	}

	private FakeCompletionPort.FakePipe pipe() {
		return this.port.pipes.get(0);
	}

	private void onLoop(Runnable action) {
		this.group.next().submit(action).syncUninterruptibly();
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static void await(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(condition);
	}

	/**
	 * An allocator that has nothing left.
	 */
	private static final class NoMemory extends AbstractByteBufAllocator {

		@Override
		protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
			throw new OutOfMemoryError("none left");
		}

		@Override
		protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
			throw new OutOfMemoryError("none left");
		}

		@Override
		public boolean isDirectBufferPooled() {
			return false;
		}

	}

	/**
	 * What the pipeline hears.
	 */
	private static final class Recorder extends ChannelInboundHandlerAdapter {

		final List<String> events = new CopyOnWriteArrayList<>();

		final List<Throwable> failures = new CopyOnWriteArrayList<>();

		private final StringBuffer received = new StringBuffer();

		String text() {
			return this.received.toString();
		}

		@Override
		public boolean isSharable() {
			return true;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			ByteBuf buffer = (ByteBuf) msg;
			this.received.append(buffer.toString(StandardCharsets.ISO_8859_1));
			buffer.release();
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			this.events.add("inactive");
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			this.failures.add(cause);
		}

	}

}
