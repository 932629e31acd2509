package io.iisnode.transport;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * What comes out of a pipe, as a Flux with back-pressure: while nobody asks for more, or
 * the receiver is not writable, the {@link Source} is told to stop reading, so that no
 * more than one read is held in memory.
 * <p>
 * All methods but those of the subscription belong to the event loop of the pipe. One
 * subscriber; each buffer is his to release. Whoever creates it must see to it that it is
 * subscribed or {@linkplain #dispose() disposed}.
 */
public final class PipeInbound extends Flux<ByteBuf> implements Subscription {

	private final EventLoop eventLoop;

	private final Source source;

	private final Queue<ByteBuf> queue = new ArrayDeque<>();

	private @Nullable CoreSubscriber<? super ByteBuf> subscriber;

	private long demand;

	private boolean ended;

	private @Nullable Throwable failure;

	private boolean disposed;

	private boolean draining;

	/**
	 * Creates the stream.
	 * @param eventLoop the loop of the pipe
	 * @param source the end that reads from the pipe
	 */
	public PipeInbound(EventLoop eventLoop, Source source) {
		this.eventLoop = eventLoop;
		this.source = source;
	}

	/**
	 * Takes a buffer that was read. Never refuses one: a read that was under way when the
	 * source was told to stop may still deliver.
	 * @param buffer the buffer, owned by this stream from now on
	 */
	public void offer(ByteBuf buffer) {
		if (this.disposed || this.ended) {
			buffer.release();
			return;
		}
		this.queue.add(buffer);
		drain();
	}

	/**
	 * Ends the stream after what is queued.
	 */
	public void complete() {
		this.ended = true;
		drain();
	}

	/**
	 * Fails the stream after what is queued.
	 * @param cause why
	 */
	public void fail(Throwable cause) {
		if (!this.ended) {
			this.ended = true;
			this.failure = cause;
			drain();
		}
	}

	/**
	 * Delivers what can be delivered now; to be called when the receiver has become
	 * writable.
	 */
	public void resume() {
		drain();
	}

	/**
	 * Releases what is queued; nothing is delivered any more.
	 */
	public void dispose() {
		this.disposed = true;
		ByteBuf buffer = this.queue.poll();
		while (buffer != null) {
			buffer.release();
			buffer = this.queue.poll();
		}
	}

	@Override
	public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
		execute(() -> {
			if (this.subscriber != null) {
				Operators.error(actual, new IllegalStateException("A pipe has one reader only"));
				return;
			}
			if (this.disposed) {
				Operators.error(actual, new PipeClosedException("The pipe has been given up"));
				return;
			}
			this.subscriber = actual;
			actual.onSubscribe(this);
			drain();
		});
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			execute(() -> {
				this.demand = Operators.addCap(this.demand, n);
				drain();
			});
		}
	}

	@Override
	public void cancel() {
		execute(() -> {
			if (!this.disposed) {
				boolean early = !this.ended || !this.queue.isEmpty();
				dispose();
				if (early) {
					this.source.cancelled();
				}
			}
		});
	}

	private void execute(Runnable action) {
		if (this.eventLoop.inEventLoop()) {
			action.run();
		}
		else {
			this.eventLoop.execute(action);
		}
	}

	private void drain() {
		CoreSubscriber<? super ByteBuf> actual = this.subscriber;
		if (actual == null || this.draining) {
			// Before there is a reader, what has been read may stay; no more is wanted.
			if (actual == null && !this.ended && !this.disposed) {
				this.source.read(this.queue.isEmpty());
			}
			return;
		}
		this.draining = true;
		try {
			while (!this.disposed && this.demand > 0 && !this.queue.isEmpty() && this.source.isReceiverWritable()) {
				this.demand = (this.demand != Long.MAX_VALUE) ? this.demand - 1 : this.demand;
				actual.onNext(this.queue.remove());
			}
		}
		finally {
			this.draining = false;
		}
		if (this.disposed) {
			return;
		}
		if (this.ended && this.queue.isEmpty()) {
			this.disposed = true;
			if (this.failure != null) {
				actual.onError(this.failure);
			}
			else {
				actual.onComplete();
			}
		}
		else if (!this.ended) {
			this.source.read(this.demand > 0 && this.source.isReceiverWritable());
		}
	}

	/**
	 * The end that reads from the pipe. Called on its event loop only.
	 */
	public interface Source {

		/**
		 * Tells whether to read on.
		 * @param wanted false: stop reading until told otherwise
		 */
		void read(boolean wanted);

		/**
		 * Whether the receiver takes more without buffering it. When it does not, the
		 * owner calls {@link PipeInbound#resume()} as soon as it does again.
		 * @return whether more may be delivered
		 */
		default boolean isReceiverWritable() {
			return true;
		}

		/**
		 * The reader has lost interest before the end.
		 */
		void cancelled();

	}

}
