package io.iisnode.log;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogBuffer}.
 */
class LogBufferTests {

	private static final int CAPACITY = 8;

	private LogBuffer buffer = buffer(Duration.ZERO);

	@Test
	void writerIsCalledOnceUntilItHasLeft() {
		assertThat(put("a")).isTrue();
		assertThat(put("b")).isFalse();
		assertThat(take()).isEqualTo("ab");
		assertThat(put("c")).isFalse();
		assertThat(take()).isEqualTo("c");
		assertThat(this.buffer.take()).isNull();
		assertThat(put("d")).isTrue();
	}

	@Test
	void writerThatCouldNotBeCalledIsCalledWithTheNextOutput() {
		assertThat(put("a")).isTrue();
		this.buffer.notAttended();
		assertThat(put("b")).isTrue();
		assertThat(take()).isEqualTo("ab");
	}

	@Test
	void whatDoesNotFitIsDroppedUntilTheWriterHasTakenAll() {
		put("12345678");
		put("lost");
		put("x");
		LogBuffer.Batch batch = this.buffer.take();
		assertThat(text(batch)).isEqualTo("12345678");
		assertThat(batch.dropped()).isEqualTo(5);
		put("next");
		batch = this.buffer.take();
		assertThat(text(batch)).isEqualTo("next");
		assertThat(batch.dropped()).isZero();
	}

	@Test
	void onceDroppingNothingSlipsIntoTheRoomThatIsLeft() {
		put("123456");
		put("lost");
		put("7");
		LogBuffer.Batch batch = this.buffer.take();
		assertThat(text(batch)).isEqualTo("123456");
		assertThat(batch.dropped()).isEqualTo(5);
	}

	@Test
	void readerIsHeldUpForTheWriterAndLosesNothing() throws Exception {
		this.buffer = buffer(Duration.ofHours(1));
		put("12345678");
		Thread reader = new Thread(() -> put("more"));
		reader.start();
		Awaitility.await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
		assertThat(take()).isEqualTo("12345678");
		reader.join();
		assertThat(take()).isEqualTo("more");
	}

	@Test
	void readerIsHeldUpForItsBudgetAtMost() {
		this.buffer = buffer(Duration.ofMillis(20));
		put("12345678");
		put("lost");
		assertThat(this.buffer.take().dropped()).isEqualTo(4);
	}

	@Test
	void endWakesTheReaderAndIsSaidWithTheLastBatch() throws Exception {
		this.buffer = buffer(Duration.ofHours(1));
		put("12345678");
		CompletableFuture<Boolean> call = new CompletableFuture<>();
		Thread reader = new Thread(() -> call.complete(put("more")));
		reader.start();
		Awaitility.await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
		assertThat(this.buffer.end()).isFalse();
		assertThat(call.get(10, TimeUnit.SECONDS)).isFalse();
		LogBuffer.Batch batch = this.buffer.take();
		assertThat(text(batch)).isEqualTo("12345678");
		assertThat(batch.last()).isTrue();
	}

	@Test
	void endOfAnIdleStreamCallsTheWriterOnce() {
		assertThat(this.buffer.end()).isTrue();
		assertThat(this.buffer.end()).isFalse();
		assertThat(put("late")).isFalse();
		LogBuffer.Batch batch = this.buffer.take();
		assertThat(batch.length()).isZero();
		assertThat(batch.dropped()).isZero();
		assertThat(batch.last()).isTrue();
	}

	private static LogBuffer buffer(Duration longestHold) {
		return new LogBuffer(CAPACITY, new HoldBudget(longestHold, System::nanoTime));
	}

	private boolean put(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return this.buffer.put(bytes, bytes.length);
	}

	private String take() {
		return text(this.buffer.take());
	}

	private static String text(LogBuffer.Batch batch) {
		return new String(batch.bytes(), 0, batch.length(), StandardCharsets.UTF_8);
	}

}
