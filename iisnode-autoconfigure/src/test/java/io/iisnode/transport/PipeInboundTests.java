package io.iisnode.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;
import reactor.test.subscriber.TestSubscriber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What comes out of a pipe.
 */
class PipeInboundTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final RecordingSource source = new RecordingSource();

	private final PipeInbound inbound = new PipeInbound(this.channel.eventLoop(), this.source);

	private final List<ByteBuf> buffers = new ArrayList<>();

	@Test
	void whatArrivesBeforeTheSubscriberWaitsForHim() {
		this.inbound.offer(buffer("a"));
		this.inbound.offer(buffer("b"));
		RecordingReader reader = subscribe(10);
		assertThat(reader.received()).containsExactly("a", "b");
		assertThat(reader.end()).isNull();
	}

	@Test
	void readsOnlyOneBufferBeforeTheSubscriber() {
		this.inbound.resume();
		assertThat(this.source.reading).isTrue();
		this.inbound.offer(buffer("a"));
		assertThat(this.source.reading).isFalse();
		disposeAndCheck();
	}

	@Test
	void deliversExactlyWhatWasRequested() {
		RecordingReader reader = subscribe(0);
		assertThat(this.source.reading).isFalse();
		reader.request(2);
		assertThat(this.source.reading).isTrue();
		this.inbound.offer(buffer("a"));
		assertThat(this.source.reading).isTrue();
		this.inbound.offer(buffer("b"));
		assertThat(this.source.reading).isFalse();
		this.inbound.offer(buffer("c"));
		this.inbound.offer(buffer("d"));
		assertThat(reader.received()).containsExactly("a", "b");
		reader.request(1);
		assertThat(reader.received()).containsExactly("a", "b", "c");
		assertThat(this.source.reading).isFalse();
		reader.request(3);
		assertThat(reader.received()).containsExactly("a", "b", "c", "d");
		assertThat(this.source.reading).isTrue();
	}

	@Test
	void requestsAddUp() {
		RecordingReader reader = subscribe(1);
		reader.request(Long.MAX_VALUE - 1);
		reader.request(5);
		for (int i = 0; i < 100; i++) {
			this.inbound.offer(buffer("x"));
		}
		assertThat(reader.received()).hasSize(100);
		assertThat(this.source.reading).isTrue();
	}

	@Test
	void requestThatIsNotPositiveChangesNothing() {
		RecordingReader reader = subscribe(0);
		this.inbound.request(0);
		this.inbound.request(-1);
		this.inbound.offer(buffer("a"));
		assertThat(reader.received()).isEmpty();
		reader.request(1);
		assertThat(reader.received()).containsExactly("a");
	}

	@Test
	void completesBehindWhatIsQueued() {
		RecordingReader reader = subscribe(1);
		this.inbound.offer(buffer("a"));
		this.inbound.offer(buffer("b"));
		this.inbound.complete();
		assertThat(reader.end()).isNull();
		reader.request(1);
		assertThat(reader.received()).containsExactly("a", "b");
		assertThat(reader.end()).isEqualTo(SignalType.ON_COMPLETE);
	}

	@Test
	void completesWithoutDemandWhenNothingIsQueued() {
		RecordingReader reader = subscribe(0);
		this.inbound.complete();
		assertThat(reader.end()).isEqualTo(SignalType.ON_COMPLETE);
	}

	@Test
	void completesForASubscriberWhoComesLater() {
		this.inbound.offer(buffer("a"));
		this.inbound.complete();
		RecordingReader reader = subscribe(1);
		assertThat(reader.received()).containsExactly("a");
		assertThat(reader.end()).isEqualTo(SignalType.ON_COMPLETE);
	}

	@Test
	void failsBehindWhatIsQueued() {
		RecordingReader reader = subscribe(0);
		IOException failure = new IOException("broken");
		this.inbound.offer(buffer("a"));
		this.inbound.fail(failure);
		assertThat(reader.end()).isNull();
		reader.request(1);
		assertThat(reader.received()).containsExactly("a");
		assertThat(reader.end()).isEqualTo(SignalType.ON_ERROR);
		assertThat(reader.failure()).isSameAs(failure);
	}

	@Test
	void firstEndCounts() {
		RecordingReader reader = subscribe(0);
		IOException failure = new IOException("broken");
		this.inbound.offer(buffer("a"));
		this.inbound.fail(failure);
		this.inbound.fail(new IOException("later"));
		this.inbound.complete();
		reader.request(1);
		assertThat(reader.failure()).isSameAs(failure);
		assertThat(reader.ends()).isEqualTo(1);
	}

	@Test
	void failureAfterTheEndIsIgnored() {
		RecordingReader reader = subscribe(0);
		this.inbound.offer(buffer("a"));
		this.inbound.complete();
		this.inbound.fail(new IOException("later"));
		reader.request(1);
		assertThat(reader.end()).isEqualTo(SignalType.ON_COMPLETE);
	}

	@Test
	void offerAfterTheEndReleases() {
		RecordingReader reader = subscribe(5);
		this.inbound.complete();
		this.inbound.offer(buffer("late"));
		assertThat(reader.received()).isEmpty();
		checkReleased();
	}

	@Test
	void disposeReleasesWhatIsQueuedAndWhatFollows() {
		RecordingReader reader = subscribe(0);
		this.inbound.offer(buffer("a"));
		this.inbound.dispose();
		this.inbound.offer(buffer("b"));
		this.inbound.dispose();
		reader.request(5);
		assertThat(reader.received()).isEmpty();
		assertThat(reader.end()).isNull();
		checkReleased();
	}

	@Test
	void secondSubscriberIsRefusedAndDoesNotDisturbTheFirst() {
		RecordingReader first = subscribe(1);
		TestSubscriber<ByteBuf> second = TestSubscriber.create();
		this.inbound.subscribe(second);
		assertThat(second.expectTerminalError()).isInstanceOf(IllegalStateException.class);
		this.inbound.offer(buffer("a"));
		assertThat(first.received()).containsExactly("a");
	}

	@Test
	void subscriberAfterDisposeIsToldSo() {
		this.inbound.offer(buffer("a"));
		this.inbound.dispose();
		TestSubscriber<ByteBuf> late = TestSubscriber.create();
		this.inbound.subscribe(late);
		assertThat(late.expectTerminalError()).isInstanceOf(PipeClosedException.class);
		checkReleased();
	}

	@Test
	void waitsForTheReceiverToBecomeWritable() {
		RecordingReader reader = subscribe(5);
		this.source.writable = false;
		this.inbound.offer(buffer("a"));
		assertThat(reader.received()).isEmpty();
		assertThat(this.source.reading).isFalse();
		this.source.writable = true;
		this.inbound.resume();
		assertThat(reader.received()).containsExactly("a");
		assertThat(this.source.reading).isTrue();
	}

	@Test
	void stopsBetweenTwoBuffersWhenTheReceiverIsNotWritable() {
		this.inbound.offer(buffer("a"));
		this.inbound.offer(buffer("b"));
		RecordingReader reader = new RecordingReader(5, (text) -> this.source.writable = false);
		this.inbound.subscribe(reader);
		this.inbound.complete();
		assertThat(reader.received()).containsExactly("a");
		assertThat(reader.end()).isNull();
		this.source.writable = true;
		this.inbound.resume();
		assertThat(reader.received()).containsExactly("a", "b");
		assertThat(reader.end()).isEqualTo(SignalType.ON_COMPLETE);
	}

	@Test
	void requestInsideOnNextNeitherReordersNorRecurses() {
		int count = 50_000;
		for (int i = 0; i < count; i++) {
			this.inbound.offer(Unpooled.copyInt(i));
		}
		List<Integer> numbers = new ArrayList<>();
		this.inbound.subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.request(1);
			}

			@Override
			protected void hookOnNext(ByteBuf buffer) {
				request(1);
				numbers.add(buffer.readInt());
				buffer.release();
			}

		});
		assertThat(numbers).hasSize(count).isSorted();
	}

	@Test
	void cancelInsideOnNextReleasesTheRest() {
		this.inbound.offer(buffer("a"));
		this.inbound.offer(buffer("b"));
		this.inbound.offer(buffer("c"));
		RecordingReader[] reader = new RecordingReader[1];
		reader[0] = new RecordingReader(5, (text) -> reader[0].cancel());
		this.inbound.subscribe(reader[0]);
		assertThat(reader[0].received()).containsExactly("a");
		assertThat(this.source.cancellations).isEqualTo(1);
		this.inbound.complete();
		assertThat(reader[0].ends()).isZero();
		checkReleased();
	}

	@Test
	void endInsideOnNextIsToldAfterwards() {
		List<String> order = new ArrayList<>();
		RecordingReader reader = new RecordingReader(5, (text) -> {
			this.inbound.complete();
			order.add("onNext");
		});
		reader.whenEnded(() -> order.add("end"));
		this.inbound.subscribe(reader);
		this.inbound.offer(buffer("a"));
		assertThat(order).containsExactly("onNext", "end");
	}

	@Test
	void cancelBeforeTheEndTellsTheSourceOnce() {
		RecordingReader reader = subscribe(0);
		this.inbound.offer(buffer("a"));
		reader.cancel();
		this.inbound.cancel();
		assertThat(this.source.cancellations).isEqualTo(1);
		this.inbound.offer(buffer("b"));
		this.inbound.complete();
		assertThat(reader.received()).isEmpty();
		assertThat(reader.ends()).isZero();
		checkReleased();
	}

	@Test
	void cancelWithUnreadDataAfterTheEndTellsTheSource() {
		RecordingReader reader = subscribe(0);
		this.inbound.offer(buffer("a"));
		this.inbound.complete();
		reader.cancel();
		assertThat(this.source.cancellations).isEqualTo(1);
		checkReleased();
	}

	@Test
	void cancelAfterTheEndMeansNothing() {
		subscribe(0);
		this.inbound.complete();
		this.inbound.cancel();
		assertThat(this.source.cancellations).isZero();
	}

	@Test
	void subscriptionFromAnotherThreadMovesToTheLoop() {
		EventLoopGroup group = LocalPipeTransport.eventLoops(1);
		try {
			EventLoop eventLoop = group.next();
			PipeInbound elsewhere = new PipeInbound(eventLoop, this.source);
			List<Boolean> inLoop = new CopyOnWriteArrayList<>();
			CompletableFuture<Void> end = elsewhere.doOnNext((buffer) -> {
				inLoop.add(eventLoop.inEventLoop());
				buffer.release();
			}).then().toFuture();
			eventLoop.execute(() -> {
				elsewhere.offer(buffer("a"));
				elsewhere.complete();
			});
			assertThat(end).succeedsWithin(Duration.ofSeconds(10));
			assertThat(inLoop).containsExactly(true);
		}
		finally {
			group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	private RecordingReader subscribe(long demand) {
		RecordingReader reader = new RecordingReader(demand, (text) -> {
		});
		this.inbound.subscribe(reader);
		return reader;
	}

	private ByteBuf buffer(String text) {
		ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
		this.buffers.add(buffer);
		return buffer;
	}

	private void disposeAndCheck() {
		this.inbound.dispose();
		checkReleased();
	}

	private void checkReleased() {
		assertThat(this.buffers).isNotEmpty().allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	private static final class RecordingSource implements PipeInbound.Source {

		private boolean reading;

		private boolean writable = true;

		private int cancellations;

		@Override
		public void read(boolean wanted) {
			this.reading = wanted;
		}

		@Override
		public boolean isReceiverWritable() {
			return this.writable;
		}

		@Override
		public void cancelled() {
			this.cancellations++;
		}

	}

}
