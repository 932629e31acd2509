package io.iisnode.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/**
 * Reads texts, asks for more when the test says so, and remembers what it got.
 */
final class RecordingReader extends BaseSubscriber<ByteBuf> {

	private final long demand;

	private final Consumer<String> action;

	private final List<String> received = new ArrayList<>();

	private @Nullable SignalType end;

	private @Nullable Throwable failure;

	private int ends;

	private Runnable onEnd = () -> {
	};

	RecordingReader(long demand, Consumer<String> action) {
		this.demand = demand;
		this.action = action;
	}

	/**
	 * What arrived so far, in its order.
	 */
	List<String> received() {
		return this.received;
	}

	@Nullable SignalType end() {
		return this.end;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * How often it was told of an end.
	 */
	int ends() {
		return this.ends;
	}

	void whenEnded(Runnable action) {
		this.onEnd = action;
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		if (this.demand > 0) {
			subscription.request(this.demand);
		}
	}

	@Override
	protected void hookOnNext(ByteBuf buffer) {
		String text = buffer.toString(StandardCharsets.UTF_8);
		buffer.release();
		this.received.add(text);
		this.action.accept(text);
	}

	@Override
	protected void hookOnComplete() {
		ended(SignalType.ON_COMPLETE);
	}

	@Override
	protected void hookOnError(Throwable cause) {
		this.failure = cause;
		ended(SignalType.ON_ERROR);
	}

	private void ended(SignalType type) {
		this.end = type;
		this.ends++;
		this.onEnd.run();
	}

}
