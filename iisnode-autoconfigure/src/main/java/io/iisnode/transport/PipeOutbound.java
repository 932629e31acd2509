package io.iisnode.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Writes a stream of buffers to a channel, one after another: the next is asked for when
 * the last has been handed to the operating system.
 */
final class PipeOutbound extends Mono<Void> {

	private final Channel channel;

	private final Publisher<ByteBuf> data;

	PipeOutbound(Channel channel, Publisher<ByteBuf> data) {
		this.channel = channel;
		this.data = data;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> actual) {
		this.data.subscribe(new Writer(this.channel, actual));
	}

	/**
	 * State is confined to the event loop.
	 */
	private static final class Writer implements CoreSubscriber<ByteBuf>, Subscription {

		private final Channel channel;

		private final EventLoop eventLoop;

		private final CoreSubscriber<? super Void> actual;

		private @Nullable Subscription upstream;

		/**
		 * Set where the stream emits, cleared on the loop. Never both at a time: the next
		 * buffer is asked for after the last has been written.
		 */
		private boolean writing;

		private boolean complete;

		private boolean terminated;

		Writer(Channel channel, CoreSubscriber<? super Void> actual) {
			this.channel = channel;
			this.eventLoop = channel.eventLoop();
			this.actual = actual;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.upstream = subscription;
			this.actual.onSubscribe(this);
			subscription.request(1);
		}

		@Override
		public void onNext(ByteBuf buffer) {
			this.writing = true;
			this.channel.writeAndFlush(buffer).addListener((ChannelFuture future) -> written(future.cause()));
		}

		private void written(@Nullable Throwable failure) {
			Subscription subscription = this.upstream;
			if (this.terminated || subscription == null) {
				return;
			}
			if (failure == null) {
				this.writing = false;
				if (this.complete) {
					terminate(this.actual::onComplete);
				}
				else {
					subscription.request(1);
				}
			}
			else {
				subscription.cancel();
				this.terminated = true;
				this.actual.onError(failure);
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.eventLoop.execute(() -> terminate(() -> this.actual.onError(failure)));
		}

		@Override
		public void onComplete() {
			this.eventLoop.execute(() -> {
				// A last write may still wait for the process to read, and it may fail.
				this.complete = true;
				if (!this.writing) {
					terminate(this.actual::onComplete);
				}
			});
		}

		private void terminate(Runnable signal) {
			if (!this.terminated) {
				this.terminated = true;
				signal.run();
			}
		}

		@Override
		public void request(long n) {
			// A Mono<Void> has nothing to deliver.
		}

		@Override
		public void cancel() {
			Subscription subscription = this.upstream;
			if (subscription != null) {
				subscription.cancel();
			}
			this.eventLoop.execute(() -> this.terminated = true);
		}

	}

}
