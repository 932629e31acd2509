package io.iisnode.transport;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A connection to a node process. It belongs to one user at a time: whoever got it from
 * the pool gives it back or closes it. All methods but {@link #send} and {@link #close}
 * are for its event loop.
 */
public final class PipeConnection {

	/**
	 * Set on channels that cannot end one direction before the other, as named pipes of
	 * Windows.
	 */
	public static final AttributeKey<Boolean> NO_HALF_CLOSE = AttributeKey.valueOf(PipeConnection.class, "noHalfClose");

	private static final String STREAM_HANDLER = "iisnode.stream";

	private final Channel channel;

	private @Nullable AtomicInteger upgradedCount;

	private boolean reused;

	private long peerIdleNanos = Long.MAX_VALUE;

	private long idleDeadline;

	PipeConnection(Channel channel) {
		this.channel = channel;
	}

	/**
	 * The Netty channel, for handlers of a protocol.
	 * @return the channel
	 */
	public Channel channel() {
		return this.channel;
	}

	/**
	 * The event loop that owns the connection.
	 * @return its loop
	 */
	public EventLoop eventLoop() {
		return this.channel.eventLoop();
	}

	/**
	 * Whether the connection stands.
	 * @return false once either side has closed it
	 */
	public boolean isActive() {
		return this.channel.isActive();
	}

	/**
	 * Whether it had a user before. The process may close such a connection at the very
	 * moment in which it is used again.
	 * @return true from the second user on
	 */
	public boolean isReused() {
		return this.reused;
	}

	/**
	 * Takes note that it has left HTTP, and so will have no other user.
	 */
	public void upgraded() {
		AtomicInteger count = this.upgradedCount;
		if (count != null) {
			count.incrementAndGet();
			this.channel.closeFuture().addListener((ignored) -> count.decrementAndGet());
		}
	}

	void countUpgradeIn(AtomicInteger count) {
		this.upgradedCount = count;
	}

	/**
	 * Takes note of the time after which the process closes the idle connection
	 * (<code>Keep-Alive: timeout=</code>).
	 * @param timeout announced by the process
	 */
	public void peerClosesIdleAfter(Duration timeout) {
		// A close that is under way must not cross a request: leave a second, or half.
		long nanos = timeout.toNanos();
		this.peerIdleNanos = Math.max(nanos - Duration.ofSeconds(1).toNanos(), nanos / 2);
	}

	/**
	 * The bytes that arrive, as a Flux with back-pressure. Takes over the channel: once,
	 * for protocols without a handler of their own. What arrives before is lost, so call
	 * it when the connection is delivered.
	 * @return the stream; each buffer is the subscriber's to release
	 */
	public Flux<ByteBuf> receive() {
		return handler().inbound();
	}

	/**
	 * Writes a stream of bytes, taking the next when the pipe is writable.
	 * @param data the buffers, owned by the connection once emitted
	 * @return completes when all has been written; cancelling it stops the writing
	 */
	public Mono<Void> send(Publisher<ByteBuf> data) {
		return Mono.defer(() -> new PipeOutbound(this.channel, data));
	}

	private StreamHandler handler() {
		StreamHandler handler = (StreamHandler) this.channel.pipeline().get(STREAM_HANDLER);
		if (handler == null) {
			handler = new StreamHandler(this.channel);
			this.channel.pipeline().addLast(STREAM_HANDLER, handler);
		}
		return handler;
	}

	/**
	 * Closes the connection. Any thread.
	 */
	public void close() {
		this.channel.close();
	}

	void idle(long now, Duration maxAge) {
		this.idleDeadline = now + Math.min(maxAge.toNanos(), this.peerIdleNanos);
	}

	boolean isReusable(long now) {
		return this.channel.isActive() && now - this.idleDeadline < 0;
	}

	void markReused() {
		this.reused = true;
	}

}
