package io.iisnode.transport.unix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.CRC32;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.iisnode.transport.ConnectionSettings;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeConnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Sockets of every kind against real node processes.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Unix domain sockets are not used there")
class UnixPipeTransportIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final ConnectionSettings SETTINGS = new ConnectionSettings(1000, Duration.ofMillis(10), 8,
			Duration.ofSeconds(30));

	private static final String ECHO = """
			require('net').createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))
				.listen(process.env.PORT);
			""";

	private static final String HASTY = """
			require('net').createServer((socket) => {
				socket.on('error', () => {});
				socket.end('too much', () => socket.destroy());
			}).listen(process.env.PORT);
			""";

	private static final int CHUNK = 64 * 1024;

	private static final int CHUNKS = 1024;

	/**
	 * To a connection that says 'w' it writes 64 MiB, as fast as the other side reads. To
	 * any other it answers each line with the bytes that the operating system has taken
	 * so far, and the number of writers that are gone.
	 */
	private static final String WRITER = """
			let taken = 0;
			let gone = 0;
			require('net').createServer((socket) => {
				socket.on('error', () => {});
				socket.once('data', (command) => {
					if (command.toString() === 'w') {
						socket.on('close', () => gone++);
						let left = %d;
						const chunk = Buffer.alloc(%d, 'x');
						const next = () => left-- > 0
							? socket.write(chunk, (failure) => { if (!failure) { taken += chunk.length; next(); } })
							: socket.end();
						next();
					} else {
						const answer = () => socket.write(taken + ' ' + gone + '\\n');
						socket.on('data', answer);
						answer();
					}
				});
			}).listen(process.env.PORT);
			""".formatted(CHUNKS, CHUNK);

	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource(SocketKind.class)
	void carriesBytesBothWaysAtOnce(SocketKind kind) throws Exception {
		run(kind, ECHO, (pipe) -> {
			byte[] data = new byte[4 << 20];
			new Random(1).nextBytes(data);
			CRC32 expected = new CRC32();
			expected.update(data);
			CRC32 actual = new CRC32();
			AtomicLong received = new AtomicLong();
			CompletableFuture<Void> reading = new CompletableFuture<>();
			PipeConnection connection = pipe.connect((input) -> input.doOnNext((buffer) -> {
				actual.update(buffer.nioBuffer());
				received.addAndGet(buffer.readableBytes());
				buffer.release();
			})
				.takeUntil((buffer) -> received.get() >= data.length)
				.subscribe(null, reading::completeExceptionally, () -> reading.complete(null)));
			CompletableFuture<Void> sending = connection
				.send(Flux.range(0, 64).map((number) -> Unpooled.wrappedBuffer(data, number * CHUNK, CHUNK)))
				.toFuture();
			assertThat(sending).succeedsWithin(LIMIT);
			assertThat(reading).succeedsWithin(LIMIT);
			assertThat(actual.getValue()).isEqualTo(expected.getValue());
		});
	}

	@ParameterizedTest
	@EnumSource(SocketKind.class)
	void slowReaderStopsTheProcess(SocketKind kind) throws Exception {
		run(kind, WRITER, (pipe) -> {
			SlowReader reader = new SlowReader();
			PipeConnection connection = pipe.connect((input) -> input.subscribe(reader));
			connection.send(text("w")).block(LIMIT);
			reader.request(1);
			Statistics statistics = new Statistics(pipe);
			Awaitility.await().atMost(LIMIT).until(() -> reader.buffers.get() == 1);
			// The process gets time for hundreds of writes, and makes a few.
			for (int i = 0; i < 100; i++) {
				assertThat(statistics.next()[0]).isLessThan(2 << 20);
			}
			assertThat(reader.buffers).hasValue(1);
			reader.request(2);
			Awaitility.await().atMost(LIMIT).until(() -> reader.buffers.get() == 3);
			assertThat(statistics.next()[0]).isLessThan(2 << 20);
			assertThat(reader.buffers).hasValue(3);
			reader.request(Long.MAX_VALUE);
			assertThat(reader.end).succeedsWithin(LIMIT);
			assertThat(reader.bytes).hasValue((long) CHUNKS * CHUNK);
			assertThat(statistics.next()[0]).isEqualTo((long) CHUNKS * CHUNK);
		});
	}

	@ParameterizedTest
	@EnumSource(SocketKind.class)
	void cancelledReaderHangsUp(SocketKind kind) throws Exception {
		run(kind, WRITER, (pipe) -> {
			SlowReader reader = new SlowReader();
			PipeConnection connection = pipe.connect((input) -> input.subscribe(reader));
			connection.send(text("w")).block(LIMIT);
			reader.request(3);
			Awaitility.await().atMost(LIMIT).until(() -> reader.buffers.get() == 3);
			reader.cancel();
			Statistics statistics = new Statistics(pipe);
			Awaitility.await().atMost(LIMIT).until(() -> statistics.next()[1] == 1);
			assertThat(connection.channel().closeFuture().awaitUninterruptibly(LIMIT.toMillis())).isTrue();
			assertThat(reader.buffers).hasValue(3);
		});
	}

	@ParameterizedTest
	@EnumSource(SocketKind.class)
	void writerWaitsForAProcessThatDoesNotRead(SocketKind kind) throws Exception {
		String deaf = "require('net').createServer((socket) => socket.pause()).listen(process.env.PORT);";
		run(kind, deaf, (pipe) -> {
			PipeConnection connection = pipe.connect(Flux::subscribe);
			AtomicLong emitted = new AtomicLong();
			CompletableFuture<Void> sending = connection
				.send(Flux.range(0, CHUNKS)
					.map((number) -> Unpooled.wrappedBuffer(new byte[CHUNK]))
					.doOnNext((buffer) -> emitted.incrementAndGet()))
				.toFuture();
			Awaitility.await().atMost(LIMIT).until(() -> !isWritten(connection));
			assertThat(emitted.get() * CHUNK).isLessThan(4 << 20);
			assertThat(sending).isNotDone();
			sending.cancel(false);
			connection.close();
			assertThat(connection.channel().closeFuture().awaitUninterruptibly(LIMIT.toMillis())).isTrue();
		});
	}

	/**
	 * Whether all that was handed to the channel has left it; asked on its loop.
	 */
	private static boolean isWritten(PipeConnection connection) throws Exception {
		return connection.eventLoop()
			.submit(() -> connection.channel().unsafe().outboundBuffer().totalPendingWriteBytes() == 0)
			.get(10, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@EnumSource(SocketKind.class)
	void answerOfAProcessThatReadsNoMoreIsStillRead(SocketKind kind) throws Exception {
		run(kind, HASTY, (pipe) -> {
			StringBuffer answer = new StringBuffer();
			CompletableFuture<Void> reading = new CompletableFuture<>();
			// Whether the end is one or a reset depends on who sees it first.
			PipeConnection connection = pipe.connect((input) -> input.map(UnixPipeTransportIntegrationTests::textOf)
				.onErrorComplete(IOException.class)
				.subscribe(answer::append, reading::completeExceptionally, () -> reading.complete(null)));
			CompletableFuture<Void> sending = connection
				.send(Flux.range(0, CHUNKS).map((number) -> Unpooled.wrappedBuffer(new byte[CHUNK])))
				.toFuture();
			assertThat(sending).failsWithin(LIMIT);
			assertThat(reading).succeedsWithin(LIMIT);
			assertThat(answer).hasToString("too much");
		});
	}

	private void run(SocketKind kind, String script, Scenario scenario) throws Exception {
		assumeThat(kind.available()).isTrue();
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, kind.ioHandlerFactory());
		try (UnixPipeTransport transport = new UnixPipeTransport(null, kind)) {
			PipeAddress address = transport.newAddress();
			try (NodePipeServer server = NodePipeServer.start(this.folder, address, script)) {
				scenario.run(new Pipe(transport, address, group.next(), server));
			}
		}
		finally {
			group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
		}
	}

	private static Mono<ByteBuf> text(String text) {
		return Mono.fromSupplier(() -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
	}

	private static String textOf(ByteBuf buffer) {
		String text = buffer.toString(StandardCharsets.UTF_8);
		buffer.release();
		return text;
	}

	private record Pipe(UnixPipeTransport transport, PipeAddress address, EventLoop eventLoop, NodePipeServer server) {

		/**
		 * Connects, and has the input read before anything can arrive.
		 */
		PipeConnection connect(Consumer<Flux<ByteBuf>> reader) {
			CompletableFuture<PipeConnection> connected = new CompletableFuture<>();
			new PipeConnector(this.transport, 4096).connect(this.eventLoop, this.address, SETTINGS, () -> true)
				.addListener((Future<PipeConnection> future) -> {
					if (future.isSuccess()) {
						reader.accept(future.getNow().receive());
						connected.complete(future.getNow());
					}
					else {
						connected.completeExceptionally(future.cause());
					}
				});
			assertThat(connected).succeedsWithin(LIMIT);
			return connected.join();
		}

	}

	@FunctionalInterface
	private interface Scenario {

		void run(Pipe pipe) throws Exception;

	}

	private static final class SlowReader extends BaseSubscriber<ByteBuf> {

		private final AtomicLong buffers = new AtomicLong();

		private final AtomicLong bytes = new AtomicLong();

		private final CompletableFuture<Void> end = new CompletableFuture<>();

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// The test asks.
		}

		@Override
		protected void hookOnNext(ByteBuf buffer) {
			this.bytes.addAndGet(buffer.readableBytes());
			buffer.release();
			this.buffers.incrementAndGet();
		}

		@Override
		protected void hookOnComplete() {
			this.end.complete(null);
		}

		@Override
		protected void hookOnError(Throwable cause) {
			this.end.completeExceptionally(cause);
		}

	}

	/**
	 * Asks the process what it has done.
	 */
	private static final class Statistics {

		private final PipeConnection connection;

		private final StringBuilder received = new StringBuilder();

		Statistics(Pipe pipe) {
			this.connection = pipe
				.connect((input) -> input.map(UnixPipeTransportIntegrationTests::textOf).subscribe(this::append));
		}

		private void append(String text) {
			synchronized (this.received) {
				this.received.append(text);
			}
		}

		long[] next() {
			synchronized (this.received) {
				this.received.setLength(0);
			}
			this.connection.send(text("?")).block(LIMIT);
			Awaitility.await().pollInterval(Duration.ofMillis(1)).pollDelay(Duration.ZERO).atMost(LIMIT).until(() -> {
				synchronized (this.received) {
					return this.received.indexOf("\n") >= 0;
				}
			});
			synchronized (this.received) {
				String[] numbers = this.received.toString().strip().split(" ");
				return new long[] { Long.parseLong(numbers[0]), Long.parseLong(numbers[1]) };
			}
		}

	}

}
