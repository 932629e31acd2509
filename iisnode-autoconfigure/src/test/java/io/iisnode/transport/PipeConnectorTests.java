package io.iisnode.transport;

import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connecting with retries.
 */
class PipeConnectorTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private final LocalPipeTransport transport = new LocalPipeTransport();

	private final PipeConnector connector = new PipeConnector(this.transport, 4096);

	private final PipeAddress address = this.transport.newAddress();

	private final EventLoopGroup group = LocalPipeTransport.eventLoops(1);

	private final EventLoop eventLoop = this.group.next();

	@AfterEach
	void endThreads() {
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void connectsAtOnceToAPipeThatIsThere() {
		try (LocalPipeTransport.Server server = server()) {
			Future<PipeConnection> connecting = connect(settings(5, Duration.ZERO));
			assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
			assertThat(connecting.getNow().isActive()).isTrue();
			assertThat(connecting.getNow().isReused()).isFalse();
			assertThat(connecting.getNow().eventLoop()).isSameAs(this.eventLoop);
			assertThat(this.connector.retries()).isZero();
			Awaitility.await().atMost(LIMIT).until(() -> server.accepted().size() == 1);
		}
	}

	@Test
	void retriesUntilThePipeAppears() {
		Future<PipeConnection> connecting = connect(settings(Integer.MAX_VALUE, Duration.ofMillis(1)));
		Awaitility.await().atMost(LIMIT).until(() -> this.transport.attempts() >= 5);
		assertThat(connecting.isDone()).isFalse();
		try (LocalPipeTransport.Server server = server()) {
			assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
			assertThat(connecting.isSuccess()).isTrue();
			assertThat(this.connector.retries()).isEqualTo(this.transport.attempts() - 1).isGreaterThanOrEqualTo(4);
			Awaitility.await().atMost(LIMIT).until(() -> server.accepted().size() == 1);
		}
	}

	@Test
	void givesUpAfterTheConfiguredNumberOfRetries() {
		Future<PipeConnection> connecting = connect(settings(7, Duration.ofMillis(1)));
		assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(connecting.cause()).isInstanceOf(ConnectException.class);
		assertThat(this.transport.attempts()).isEqualTo(8);
		assertThat(this.connector.retries()).isEqualTo(7);
	}

	@Test
	void zeroRetriesIsOneAttempt() {
		Future<PipeConnection> connecting = connect(settings(0, Duration.ofDays(1)));
		assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(connecting.cause()).isInstanceOf(ConnectException.class);
		assertThat(this.transport.attempts()).isEqualTo(1);
		assertThat(this.connector.retries()).isZero();
	}

	@Test
	void pausesBetweenAttempts() {
		long start = System.nanoTime();
		Future<PipeConnection> connecting = connect(settings(4, Duration.ofMillis(25)));
		assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
	}

	@Test
	void countsTheRetriesOfAllConnections() {
		connect(settings(3, Duration.ZERO)).awaitUninterruptibly(LIMIT.toMillis());
		connect(settings(4, Duration.ZERO)).awaitUninterruptibly(LIMIT.toMillis());
		assertThat(this.connector.retries()).isEqualTo(7);
	}

	@Test
	void givesUpEarlyWhenNoLongerWanted() {
		AtomicInteger asked = new AtomicInteger();
		Future<PipeConnection> connecting = this.connector.connect(this.eventLoop, this.address,
				settings(100, Duration.ofMillis(1)), () -> asked.incrementAndGet() < 5);
		assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(connecting.cause()).isNotNull();
		assertThat(this.transport.attempts()).isEqualTo(3);
	}

	@Test
	void asksAgainAfterThePauseAndBeforeTheAttempt() {
		AtomicInteger asked = new AtomicInteger();
		Future<PipeConnection> connecting = this.connector.connect(this.eventLoop, this.address,
				settings(100, Duration.ofMillis(1)), () -> asked.incrementAndGet() < 2);
		assertThat(connecting.awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		assertThat(connecting.cause()).isInstanceOf(PipeClosedException.class);
		assertThat(this.transport.attempts()).isEqualTo(1);
		assertThat(this.connector.retries()).isZero();
	}

	@Test
	void cancellingGivesUp() throws Exception {
		Future<PipeConnection> connecting = connect(settings(Integer.MAX_VALUE, Duration.ofMillis(1)));
		Awaitility.await().atMost(LIMIT).until(() -> this.transport.attempts() >= 2);
		assertThat(connecting.cancel(false)).isTrue();
		// One retry may be scheduled already; behind it there is none.
		int attempts = this.eventLoop.schedule(this.transport::attempts, 2, TimeUnit.MILLISECONDS)
			.get(10, TimeUnit.SECONDS);
		assertThat(
				this.eventLoop.schedule(this.transport::attempts, 20, TimeUnit.MILLISECONDS).get(10, TimeUnit.SECONDS))
			.isEqualTo(attempts);
	}

	@Test
	void tellsOnTheLoop() throws Exception {
		CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
		connect(settings(0, Duration.ZERO)).addListener((ignored) -> inLoop.complete(this.eventLoop.inEventLoop()));
		assertThat(inLoop.get(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void keepsAConnectionWhoseOutputFailedForWhatIsStillToBeRead() throws Exception {
		try (LocalPipeTransport.Server server = server()) {
			PipeConnection connection = connect(settings(0, Duration.ZERO)).get(10, TimeUnit.SECONDS);
			assertThat(connection.channel().config().getOption(ChannelOption.AUTO_CLOSE)).isFalse();
			Awaitility.await().atMost(LIMIT).until(() -> server.accepted().size() == 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 64, 255, 256, 4096, 262144, 1 << 20 })
	void firstReadHasTheConfiguredSize(int size) throws Exception {
		try (LocalPipeTransport.Server server = server()) {
			PipeConnection connection = new PipeConnector(this.transport, size)
				.connect(this.eventLoop, this.address, settings(0, Duration.ZERO), () -> true)
				.get(10, TimeUnit.SECONDS);
			RecvByteBufAllocator allocator = connection.channel().config().getRecvByteBufAllocator();
			assertThat(allocator.newHandle().guess()).isBetween(size, 2 * size);
			Awaitility.await().atMost(LIMIT).until(() -> server.accepted().size() == 1);
		}
	}

	private LocalPipeTransport.Server server() {
		return new LocalPipeTransport.Server(this.group, this.address);
	}

	private Future<PipeConnection> connect(ConnectionSettings settings) {
		return this.connector.connect(this.eventLoop, this.address, settings, () -> true);
	}

	private static ConnectionSettings settings(int retries, Duration delay) {
		return new ConnectionSettings(retries, delay, 8, Duration.ofSeconds(30));
	}

}
