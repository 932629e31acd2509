package io.iisnode.transport;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams of bytes over a connection.
 */
class PipeConnectionTests {

	private final SlowWriter writer = new SlowWriter();

	private final EmbeddedChannel channel = new EmbeddedChannel(this.writer);

	private final PipeConnection connection = new PipeConnection(this.channel);

	private final List<ByteBuf> buffers = new ArrayList<>();

	// What is received

	@Test
	void readerWithoutDemandStopsTheReading() {
		TestSubscriber<String> reader = TestSubscriber.builder().initialRequest(1).build();
		receive().subscribe(reader);
		assertThat(this.channel.config().isAutoRead()).isTrue();
		this.channel.writeInbound(buffer("a"));
		assertThat(reader.getReceivedOnNext()).containsExactly("a");
		assertThat(this.channel.config().isAutoRead()).isFalse();
		reader.request(1);
		assertThat(this.channel.config().isAutoRead()).isTrue();
	}

	@Test
	void endOfTheStreamCompletes() {
		TestSubscriber<String> reader = TestSubscriber.create();
		receive().subscribe(reader);
		this.channel.writeInbound(buffer("a"));
		this.channel.close();
		assertThat(reader.getReceivedOnNext()).containsExactly("a");
		assertThat(reader.isTerminatedComplete()).isTrue();
		checkReleased();
	}

	@Test
	void failureOfTheChannelFailsTheStreamAndClosesTheChannel() {
		TestSubscriber<String> reader = TestSubscriber.create();
		receive().subscribe(reader);
		IOException failure = new IOException("reset");
		this.channel.pipeline().fireExceptionCaught(failure);
		assertThat(reader.expectTerminalError()).isSameAs(failure);
		assertThat(this.connection.isActive()).isFalse();
	}

	@Test
	void cancelledReaderClosesTheConnection() {
		TestSubscriber<String> reader = TestSubscriber.builder().initialRequest(0).build();
		receive().subscribe(reader);
		this.channel.writeInbound(buffer("a"));
		reader.cancel();
		assertThat(this.connection.isActive()).isFalse();
		checkReleased();
	}

	@Test
	void readerOfAConnectionThatIsClosedAlreadyIsToldSo() {
		this.channel.close();
		TestSubscriber<String> reader = TestSubscriber.create();
		receive().subscribe(reader);
		assertThat(reader.isTerminatedComplete()).isTrue();
	}

	@Test
	void receiveMayBeAskedForAgain() {
		assertThat(this.connection.receive()).isSameAs(this.connection.receive());
	}

	// What is sent

	@Test
	void nextBufferIsAskedForWhenTheLastHasBeenWritten() {
		TestPublisher<ByteBuf> data = TestPublisher.create();
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(data).subscribe(sending);
		data.assertMinRequested(1);
		data.next(buffer("a"));
		assertThat(this.writer.texts()).containsExactly("a");
		this.writer.writeOne();
		data.next(buffer("b"));
		this.writer.writeOne();
		data.complete();
		this.channel.runPendingTasks();
		assertThat(sending.isTerminatedComplete()).isTrue();
		checkReleased();
	}

	@Test
	void writesNoMoreThanOneBufferAheadOfASlowProcess() {
		int[] emitted = new int[1];
		this.connection.send(Flux.range(0, 1000).map((number) -> buffer("x")).doOnNext((buffer) -> emitted[0]++))
			.subscribe();
		assertThat(emitted[0]).isEqualTo(1);
		for (int i = 1; i < 1000; i++) {
			this.writer.writeOne();
			assertThat(emitted[0]).isEqualTo(i + 1);
		}
		this.writer.writeOne();
		checkReleased();
	}

	@Test
	void completesBehindTheLastWrite() {
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(Mono.fromSupplier(() -> buffer("a"))).subscribe(sending);
		this.channel.runPendingTasks();
		assertThat(sending.isTerminatedOrCancelled()).isFalse();
		this.writer.writeOne();
		assertThat(sending.isTerminatedComplete()).isTrue();
	}

	@Test
	void failsIfTheLastWriteFails() {
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(Mono.fromSupplier(() -> buffer("a"))).subscribe(sending);
		this.channel.runPendingTasks();
		IOException failure = new IOException("broken pipe");
		this.writer.failOne(failure);
		assertThat(sending.expectTerminalError()).isSameAs(failure);
		checkReleased();
	}

	@Test
	void failedWriteCancelsTheSource() {
		TestPublisher<ByteBuf> data = TestPublisher.create();
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(data).subscribe(sending);
		data.next(buffer("a"));
		IOException failure = new IOException("broken pipe");
		this.writer.failOne(failure);
		data.assertCancelled();
		assertThat(sending.expectTerminalError()).isSameAs(failure);
		checkReleased();
	}

	@Test
	void failureOfTheSourceIsPassedOn() {
		TestPublisher<ByteBuf> data = TestPublisher.create();
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(data).subscribe(sending);
		IOException failure = new IOException("source");
		data.next(buffer("a")).error(failure);
		this.channel.runPendingTasks();
		assertThat(sending.expectTerminalError()).isSameAs(failure);
		this.writer.failOne(new IOException("later"));
		assertThat(sending.getProtocolErrors()).isEmpty();
		checkReleased();
	}

	@Test
	void nothingToSendCompletes() {
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(Flux.empty()).subscribe(sending);
		this.channel.runPendingTasks();
		assertThat(sending.isTerminatedComplete()).isTrue();
	}

	@Test
	void cancellingStopsTheWriting() {
		TestPublisher<ByteBuf> data = TestPublisher.create();
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(data).subscribe(sending);
		data.next(buffer("a"));
		sending.cancel();
		this.channel.runPendingTasks();
		data.assertCancelled();
		this.writer.writeOne();
		assertThat(sending.isTerminated()).isFalse();
		assertThat(this.writer.texts()).isEmpty();
		assertThat(this.connection.isActive()).isTrue();
		checkReleased();
	}

	@Test
	void cancellingWhileTheProcessDoesNotReadReleasesWhenTheConnectionCloses() {
		TestSubscriber<Void> sending = TestSubscriber.create();
		this.connection.send(Flux.just(buffer("a"), buffer("b"))).subscribe(sending);
		sending.cancel();
		this.connection.close();
		this.writer.failOne(new ClosedChannelException());
		this.channel.runPendingTasks();
		assertThat(this.buffers.get(0).refCnt()).isZero();
		// Never emitted, so still the source's.
		assertThat(this.buffers.get(1).release()).isTrue();
	}

	@Test
	void sendingOverAClosedConnectionFails() {
		EmbeddedChannel closed = new EmbeddedChannel();
		closed.close();
		TestSubscriber<Void> sending = TestSubscriber.create();
		new PipeConnection(closed).send(Mono.fromSupplier(() -> buffer("a"))).subscribe(sending);
		closed.runPendingTasks();
		assertThat(sending.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
		checkReleased();
	}

	private Flux<String> receive() {
		return this.connection.receive().map((buffer) -> {
			String text = buffer.toString(StandardCharsets.UTF_8);
			buffer.release();
			return text;
		});
	}

	private ByteBuf buffer(String text) {
		ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
		this.buffers.add(buffer);
		return buffer;
	}

	private void checkReleased() {
		assertThat(this.buffers).isNotEmpty().allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	/**
	 * An operating system that takes a buffer when the test says so.
	 */
	private static final class SlowWriter extends ChannelOutboundHandlerAdapter {

		private final Deque<Write> writes = new ArrayDeque<>();

		@Override
		public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
			this.writes.add(new Write((ByteBuf) msg, promise));
		}

		List<String> texts() {
			return this.writes.stream().map((write) -> write.buffer().toString(StandardCharsets.UTF_8)).toList();
		}

		void writeOne() {
			Write write = this.writes.remove();
			ReferenceCountUtil.release(write.buffer());
			write.promise().setSuccess();
		}

		void failOne(Throwable cause) {
			Write write = this.writes.remove();
			ReferenceCountUtil.release(write.buffer());
			write.promise().setFailure(cause);
		}

		private record Write(ByteBuf buffer, ChannelPromise promise) {
		}

	}

}
