package io.iisnode.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many users of one pool, and a process that closes connections under their hands.
 */
class PipeConnectionPoolRaceTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final LocalPipeTransport transport = new LocalPipeTransport();

	private final PipeAddress address = this.transport.newAddress();

	private final EventLoopGroup group = LocalPipeTransport.eventLoops(3);

	private final LocalPipeTransport.Server server = new LocalPipeTransport.Server(this.group, this.address);

	@AfterEach
	void endThreads() {
		this.server.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void countsAreExactAfterConcurrentUse() {
		PipeConnectionPool pool = new PipeConnectionPool(new PipeConnector(this.transport, 4096), this.address,
				new ConnectionSettings(0, Duration.ZERO, 20, Duration.ofSeconds(30)));
		List<CompletableFuture<Void>> users = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			User user = new User(pool, this.group.next(), new Random(i));
			users.add(user.done);
			user.eventLoop.execute(user::use);
		}
		for (int i = 0; i < 50; i++) {
			this.server.accepted().forEach(Channel::close);
		}
		assertThat(CompletableFuture.allOf(users.toArray(CompletableFuture[]::new))).succeedsWithin(LIMIT);
		Awaitility.await()
			.atMost(LIMIT)
			.until(() -> pool.openCount() == pool.idleCount() && pool.openCount() == live());
		assertThat(pool.idleCount()).isBetween(0, 20);
		pool.close();
		Awaitility.await().atMost(LIMIT).until(() -> pool.openCount() == 0 && pool.idleCount() == 0 && live() == 0);
	}

	private long live() {
		return this.server.accepted().stream().filter(Channel::isActive).count();
	}

	/**
	 * Uses up to three connections at a time, 100 times.
	 */
	private static final class User {

		private final PipeConnectionPool pool;

		private final EventLoop eventLoop;

		private final Random random;

		private final CompletableFuture<Void> done = new CompletableFuture<>();

		private int uses = 100;

		User(PipeConnectionPool pool, EventLoop eventLoop, Random random) {
			this.pool = pool;
			this.eventLoop = eventLoop;
			this.random = random;
		}

		void use() {
			if (this.uses-- == 0) {
				this.done.complete(null);
				return;
			}
			List<PipeConnection> held = new ArrayList<>();
			take(1 + this.random.nextInt(3), held);
		}

		private void take(int number, List<PipeConnection> held) {
			if (held.size() == number) {
				this.eventLoop.execute(() -> giveBack(held));
				return;
			}
			PipeConnection reused = this.pool.reuse(this.eventLoop);
			if (reused != null) {
				held.add(reused);
				take(number, held);
				return;
			}
			this.pool.open(this.eventLoop, () -> true).addListener((Future<PipeConnection> future) -> {
				if (future.isSuccess()) {
					held.add(future.getNow());
					take(number, held);
				}
				else {
					this.done.completeExceptionally(future.cause());
				}
			});
		}

		private void giveBack(List<PipeConnection> held) {
			for (PipeConnection connection : held) {
				if (this.random.nextInt(10) == 0) {
					connection.close();
				}
				else {
					this.pool.release(connection);
				}
			}
			this.eventLoop.execute(this::use);
		}

	}

}
