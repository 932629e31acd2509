package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PoolTimer}.
 */
class PoolTimerTests {

	private static final ProcessSettings SETTINGS = TestSettings.of(1, 1).idleTimeout(Duration.ofSeconds(2)).build();

	@TempDir
	private Path folder;

	private FakeNodes nodes;

	private final List<Boolean> calls = new CopyOnWriteArrayList<>();

	private PoolTimer timer;

	@BeforeEach
	void create() {
		this.nodes = new FakeNodes(this.folder);
		this.timer = new PoolTimer(this.nodes.services().async().next(), SETTINGS, this.calls::add);
	}

	@AfterEach
	void close() {
		this.nodes.close();
	}

	@Test
	void callsOnceHoweverOftenItIsStarted() {
		this.timer.start();
		this.timer.start();
		assertThat(this.timer.isRunning()).isTrue();
		await().until(() -> this.calls.size() == 1);
		assertThat(this.timer.isRunning()).isFalse();
		this.timer.start();
		await().until(() -> this.calls.size() == 2);
	}

	@Test
	void tellsThatTheHostDidNotRun() {
		CountDownLatch asleep = new CountDownLatch(1);
		this.timer.start();
		this.nodes.services().async().next().execute(() -> {
			try {
				asleep.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
		asleep.countDown();
		await().until(() -> this.calls.equals(List.of(true)));
	}

	@Test
	void isStoppedForGood() {
		this.timer.start();
		this.timer.stop();
		this.timer.start();
		assertThat(this.timer.isRunning()).isFalse();
		await().during(Duration.ofMillis(800)).until(this.calls::isEmpty);
	}

}
