package io.iisnode.transport;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reuse of connections.
 */
class PipeConnectionPoolTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final Duration AGE = Duration.ofSeconds(30);

	private final LocalPipeTransport transport = new LocalPipeTransport();

	private final PipeAddress address = this.transport.newAddress();

	private final EventLoopGroup group = LocalPipeTransport.eventLoops(3);

	private final EventLoop eventLoop = this.group.next();

	private final LocalPipeTransport.Server server = new LocalPipeTransport.Server(this.group, this.address);

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	@AfterEach
	void endThreads() {
		this.server.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void lastUsedConnectionIsReusedFirst() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection first = open(pool);
		PipeConnection second = open(pool);
		PipeConnection third = open(pool);
		release(pool, second);
		release(pool, third);
		release(pool, first);
		assertThat(pool.idleCount()).isEqualTo(3);
		assertThat(reuse(pool)).isSameAs(first);
		assertThat(reuse(pool)).isSameAs(third);
		assertThat(reuse(pool)).isSameAs(second);
		assertThat(reuse(pool)).isNull();
		assertThat(pool.idleCount()).isZero();
		assertThat(pool.openCount()).isEqualTo(3);
	}

	@Test
	void connectionIsMarkedFromItsSecondUserOn() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		assertThat(connection.isReused()).isFalse();
		release(pool, connection);
		assertThat(reuse(pool)).isSameAs(connection);
		assertThat(connection.isReused()).isTrue();
	}

	@Test
	void connectionIsReusedUntilItsAge() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		release(pool, connection);
		advance(AGE.minusNanos(1));
		assertThat(reuse(pool)).isSameAs(connection);
		release(pool, connection);
		advance(AGE.minusNanos(1));
		assertThat(reuse(pool)).isSameAs(connection);
	}

	@Test
	void connectionIsClosedAtItsAge() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection old = open(pool);
		PipeConnection older = open(pool);
		release(pool, older);
		release(pool, old);
		advance(AGE);
		assertThat(reuse(pool)).isNull();
		awaitClosed(old, older);
		awaitCounts(pool, 0, 0);
	}

	@Test
	void oldestIsClosedWhenAnotherIsGivenBack() {
		PipeConnectionPool pool = pool(1, AGE);
		PipeConnection old = open(pool);
		PipeConnection used = open(pool);
		release(pool, old);
		advance(AGE);
		release(pool, used);
		awaitClosed(old);
		assertThat(reuse(pool)).isSameAs(used);
		awaitCounts(pool, 1, 0);
	}

	@Test
	void ageThatNodeAnnouncesIsKeptLessASecond() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		connection.peerClosesIdleAfter(Duration.ofSeconds(5));
		release(pool, connection);
		advance(Duration.ofSeconds(4).minusNanos(1));
		assertThat(reuse(pool)).isSameAs(connection);
		release(pool, connection);
		advance(Duration.ofSeconds(4));
		assertThat(reuse(pool)).isNull();
		awaitClosed(connection);
	}

	@Test
	void halfOfAShortAgeThatNodeAnnouncesIsKept() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		connection.peerClosesIdleAfter(Duration.ofSeconds(1));
		release(pool, connection);
		advance(Duration.ofMillis(499));
		assertThat(reuse(pool)).isSameAs(connection);
		release(pool, connection);
		advance(Duration.ofMillis(500));
		assertThat(reuse(pool)).isNull();
	}

	@Test
	void longAgeThatNodeAnnouncesDoesNotReplaceTheConfiguredOne() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		connection.peerClosesIdleAfter(Duration.ofSeconds(Integer.MAX_VALUE));
		release(pool, connection);
		advance(AGE);
		assertThat(reuse(pool)).isNull();
	}

	@Test
	void connectionThatNodeClosesAtOnceIsNotKept() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		connection.peerClosesIdleAfter(Duration.ZERO);
		release(pool, connection);
		awaitClosed(connection);
		awaitCounts(pool, 0, 0);
	}

	@Test
	void ageZeroKeepsNone() {
		PipeConnectionPool pool = pool(10, Duration.ZERO);
		PipeConnection connection = open(pool);
		release(pool, connection);
		awaitClosed(connection);
		awaitCounts(pool, 0, 0);
	}

	@Test
	void noMoreAreKeptThanConfigured() {
		PipeConnectionPool pool = pool(2, AGE);
		PipeConnection first = open(pool);
		PipeConnection second = open(pool);
		PipeConnection third = open(pool);
		release(pool, first);
		release(pool, second);
		release(pool, third);
		awaitClosed(third);
		awaitCounts(pool, 2, 2);
		assertThat(reuse(pool)).isSameAs(second);
	}

	@Test
	void poolOfSizeZeroKeepsNone() {
		PipeConnectionPool pool = pool(0, AGE);
		PipeConnection connection = open(pool);
		release(pool, connection);
		awaitClosed(connection);
		awaitCounts(pool, 0, 0);
	}

	@Test
	void idleConnectionThatNodeClosesLeavesThePool() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		release(pool, connection);
		closeAtTheOtherEnd();
		awaitCounts(pool, 0, 0);
		assertThat(reuse(pool)).isNull();
		assertThat(connection.isActive()).isFalse();
	}

	@Test
	void usedConnectionThatNodeClosesIsNotKept() {
		PipeConnectionPool pool = pool(10, AGE);
		PipeConnection connection = open(pool);
		closeAtTheOtherEnd();
		awaitClosed(connection);
		awaitCounts(pool, 0, 0);
		release(pool, connection);
		awaitCounts(pool, 0, 0);
	}

	@Test
	void connectionStaysOnItsLoop() {
		PipeConnectionPool pool = pool(10, AGE);
		EventLoop other = this.group.next();
		assertThat(other).isNotSameAs(this.eventLoop);
		PipeConnection connection = open(pool);
		release(pool, connection);
		assertThat(on(other, () -> pool.reuse(other))).isNull();
		assertThat(reuse(pool)).isSameAs(connection);
		assertThat(connection.eventLoop()).isSameAs(this.eventLoop);
	}

	@Test
	void closeClosesIdleConnectionsNowAndUsedOnesWhenTheyAreGivenBack() {
		PipeConnectionPool pool = pool(10, AGE);
		EventLoop other = this.group.next();
		PipeConnection idle = open(pool);
		PipeConnection used = open(pool);
		PipeConnection idleElsewhere = open(pool, other);
		release(pool, idle);
		on(other, () -> {
			pool.release(idleElsewhere);
			return null;
		});
		pool.close();
		awaitClosed(idle, idleElsewhere);
		awaitCounts(pool, 1, 0);
		assertThat(used.isActive()).isTrue();
		release(pool, used);
		awaitClosed(used);
		awaitCounts(pool, 0, 0);
	}

	@Test
	void closedPoolTriesToConnectNoMore() {
		PipeConnectionPool pool = new PipeConnectionPool(new PipeConnector(this.transport, 4096),
				this.transport.newAddress(), new ConnectionSettings(Integer.MAX_VALUE, Duration.ofMillis(1), 10, AGE));
		Future<PipeConnection> opening = pool.open(this.eventLoop, () -> true);
		Awaitility.await().atMost(LIMIT).until(() -> this.transport.attempts() > 2);
		pool.close();
		assertThat(opening.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(opening.cause()).isNotNull();
	}

	private void closeAtTheOtherEnd() {
		Awaitility.await().atMost(LIMIT).until(() -> !this.server.accepted().isEmpty());
		this.server.accepted().forEach(Channel::close);
	}

	private PipeConnectionPool pool(int maxIdle, Duration age) {
		return new PipeConnectionPool(new PipeConnector(this.transport, 4096), this.address,
				new ConnectionSettings(0, Duration.ZERO, maxIdle, age), this.now::get);
	}

	private void advance(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

	private PipeConnection open(PipeConnectionPool pool) {
		return open(pool, this.eventLoop);
	}

	private static PipeConnection open(PipeConnectionPool pool, EventLoop eventLoop) {
		Future<PipeConnection> opening = pool.open(eventLoop, () -> true);
		assertThat(opening.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		return opening.getNow();
	}

	private void release(PipeConnectionPool pool, PipeConnection connection) {
		on(this.eventLoop, () -> {
			pool.release(connection);
			return null;
		});
	}

	private @Nullable PipeConnection reuse(PipeConnectionPool pool) {
		return on(this.eventLoop, () -> pool.reuse(this.eventLoop));
	}

	private static <T> @Nullable T on(EventLoop eventLoop, Callable<@Nullable T> action) {
		Future<T> result = eventLoop.submit(action);
		assertThat(result.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(result.cause()).isNull();
		return result.getNow();
	}

	private static void awaitClosed(PipeConnection... connections) {
		for (PipeConnection connection : connections) {
			assertThat(connection.channel().closeFuture().awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		}
	}

	private static void awaitCounts(PipeConnectionPool pool, int open, int idle) {
		Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
			assertThat(pool.openCount()).isEqualTo(open);
			assertThat(pool.idleCount()).isEqualTo(idle);
		});
	}

}
