package io.iisnode.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WebServerShutdownGuard}.
 */
@Timeout(30)
class WebServerShutdownGuardTests {

	private final WebServerShutdownGuard guard = new WebServerShutdownGuard();

	@Test
	void stopsBetweenTheGracefulShutdownAndTheWebServer() {
		assertThat(this.guard.getPhase()).isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
			.isGreaterThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
	}

	@Test
	void waitsForAThreadThatIsAboutToEnd() {
		Thread stopping = Thread.currentThread();
		Thread ending = thread(() -> {
			while (stopping.getState() != Thread.State.TIMED_WAITING) {
				Thread.onSpinWait();
			}
		});
		this.guard.start();
		this.guard.stop();
		assertThat(ending.isAlive()).isFalse();
		assertThat(this.guard.isRunning()).isFalse();
	}

	@Test
	void doesNotWaitForOneThatWaitsForResponses() {
		CountDownLatch end = new CountDownLatch(1);
		Thread waiting = thread(end::await);
		long begin = System.nanoTime();
		this.guard.stop();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
		assertThat(waiting.isAlive()).isTrue();
		end.countDown();
	}

	private static Thread thread(Action action) {
		Thread thread = new Thread(() -> {
			try {
				action.run();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, WebServerShutdownGuard.THREAD);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	@FunctionalInterface
	private interface Action {

		void run() throws InterruptedException;

	}

}
