package io.iisnode.application;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.FakeNode;
import io.iisnode.transport.PipeConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RequestLease}.
 */
class RequestLeaseTests {

	private static final int LIMIT_SECONDS = 10;

	@TempDir
	private Path folder;

	private FakeApplication fake;

	@AfterEach
	void close() {
		this.fake.close();
	}

	/**
	 * One slot, places for two who wait.
	 */
	private RequestLease lease() {
		this.fake = FakeApplication.in(this.folder, 1, 1, 2).listening();
		return this.fake.lease();
	}

	private EventLoop eventLoop() {
		return this.fake.application().async().next();
	}

	private ApplicationSnapshot snapshot() {
		return this.fake.application().snapshot();
	}

	private static PipeConnection connection(Future<PipeConnection> opening) {
		assertThat(opening.awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(opening.cause()).isNull();
		return opening.getNow();
	}

	@Test
	void aConnectionOfALiveProcessComesFromIt() {
		RequestLease lease = lease();
		long pid = lease.pid();
		assertThat(connection(lease.open(eventLoop())).isActive()).isTrue();
		assertThat(lease.pid()).isEqualTo(pid);
		lease.release();
		assertThat(snapshot().activeRequests()).isZero();
	}

	@Test
	void theEndOfTheProcessThatTookThePlaceIsToldToo() {
		RequestLease lease = lease();
		FakeNode dead = this.fake.nodes().next();
		List<String> told = new CopyOnWriteArrayList<>();
		lease.whenEnding(() -> told.add("end"));
		dead.closeServers();
		Future<PipeConnection> opening = lease.open(eventLoop());
		dead.exit(137, "");
		connection(opening);
		assertThat(told).isEmpty();
		this.fake.application().endLongLived(false);
		this.fake.application().endLongLived(true);
		assertThat(told).containsExactly("end");
		lease.release();
	}

	@Test
	void ifTheProcessDiesBeforeThereIsAConnectionAnotherTakesItsPlace() {
		RequestLease lease = lease();
		FakeNode dead = this.fake.nodes().next();
		dead.closeServers();
		Future<PipeConnection> opening = lease.open(eventLoop());
		dead.exit(137, "");
		assertThat(connection(opening).isActive()).isTrue();
		assertThat(lease.pid()).isEqualTo(this.fake.nodes().next().pid());
		assertThat(snapshot().activeRequests()).isEqualTo(1);
		lease.release();
		lease.release();
		assertThat(snapshot().activeRequests()).isZero();
	}

	@Test
	void itHappensOnceSoThatACrashLoopEnds() {
		RequestLease lease = lease();
		this.fake.nodes().next().exit(137, "");
		await().until(() -> snapshot().processes().isEmpty());
		Future<PipeConnection> opening = lease.open(eventLoop());
		FakeNode second = this.fake.nodes().next();
		await().until(() -> lease.pid() == second.pid());
		connection(opening).close();
		second.exit(137, "");
		await().until(() -> snapshot().processes().isEmpty());
		Future<PipeConnection> again = lease.open(eventLoop());
		assertThat(again.awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(again.cause()).isNotNull();
		assertThat(this.fake.nodes().all()).hasSize(2);
	}

	@Test
	void whoComesBackIsServedBeforeAllOthersAndInAFullQueueToo() {
		RequestLease lease = lease();
		List<RequestLease> others = new CopyOnWriteArrayList<>();
		this.fake.application().acquire().subscribe(others::add);
		this.fake.application().acquire().subscribe(others::add);
		this.fake.nodes().onLaunch((node) -> {
		});
		FakeNode dead = this.fake.nodes().next();
		dead.exit(137, "");
		FakeNode second = this.fake.nodes().next();
		Future<PipeConnection> opening = lease.open(eventLoop());
		await().until(() -> snapshot().pendingRequests() == 3);
		List<Throwable> errors = new ArrayList<>();
		this.fake.application().acquire().subscribe(null, errors::add);
		assertThat(errors).as("full").hasSize(1);
		second.listen();
		connection(opening);
		assertThat(lease.pid()).isEqualTo(second.pid());
		assertThat(others).isEmpty();
		lease.release();
		await().until(() -> others.size() == 1);
	}

	@Test
	void whoGoesAwayMeanwhileLeavesTheQueue() {
		RequestLease lease = lease();
		this.fake.nodes().onLaunch((node) -> {
		});
		this.fake.nodes().next().exit(137, "");
		await().until(() -> snapshot().processes().isEmpty());
		lease.open(eventLoop());
		await().until(() -> snapshot().pendingRequests() == 1);
		lease.release();
		assertThat(snapshot().pendingRequests()).isZero();
		this.fake.nodes().next().listen();
		this.fake.lease().release();
		assertThat(snapshot().activeRequests()).isZero();
	}

	@Test
	void aFailedReplacementFailsTheConnection() {
		RequestLease lease = lease();
		this.fake.nodes().onLaunch((node) -> node.exit(1, "broken"));
		this.fake.nodes().next().exit(137, "");
		await().until(() -> snapshot().processes().isEmpty());
		Future<PipeConnection> opening = lease.open(eventLoop());
		assertThat(opening.awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(opening.cause()).hasMessageContaining("broken");
		lease.release();
		assertThat(snapshot().activeRequests()).isZero();
	}

	@Test
	void noSlotIsLostIfTheClientGoesAtAnyMoment() throws Exception {
		this.fake = FakeApplication.in(this.folder, 1, 1, 2).listening();
		for (int round = 0; round < 100; round++) {
			RequestLease lease = this.fake.lease();
			FakeNode dead = this.fake.nodes().next();
			dead.exit(137, "");
			await().pollInterval(1, TimeUnit.MILLISECONDS)
				.until(() -> snapshot().processes().stream().noneMatch((process) -> process.pid() == dead.pid()));
			Racers.run(List.of(() -> lease.open(eventLoop()).awaitUninterruptibly(1, TimeUnit.MILLISECONDS),
					lease::release));
			RequestLease next = this.fake.lease();
			next.release();
			await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> snapshot().activeRequests() == 0);
			assertThat(snapshot().pendingRequests()).isZero();
		}
	}

}
