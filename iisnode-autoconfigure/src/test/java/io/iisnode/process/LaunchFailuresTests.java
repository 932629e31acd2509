package io.iisnode.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LaunchFailures}, and that nothing stays behind after one.
 */
class LaunchFailuresTests extends AbstractPoolTests {

	private ProcessStartException failure(Throwable cause) {
		return LaunchFailures.of(this.nodes.context(FakeNodes.settings(1, 1)), null, cause);
	}

	private ProcessStartException failedStart() {
		CompletableFuture<Void> start = this.manager.start(this.manager.snapshot().size() + 1);
		await().until(start::isDone);
		return (ProcessStartException) start.handle((ignored, failure) -> failure).join();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Cannot run program \"node\": error=11, Resource temporarily unavailable",
			"Cannot run program \"node\" (in directory \"/srv\"): error=12, Nicht gen\u00fcgend Speicher",
			"Cannot run program \"node\": Exec failed, error: 24 (Too many open files)",
			"Cannot run program \"node\": error=23, Too many open files in system", "Cannot allocate memory",
			"Cannot run program \"node\": CreateProcess error=1455, The paging file is too small",
			"Cannot run program \"node\": CreateProcess error=1359, Internal error" })
	void aSystemThatHasNoRoomIsNoErrorOfTheConfiguration(String message) {
		ProcessStartException failure = failure(new IOException(message));
		assertThat(failure.isConfiguration()).isFalse();
		assertThat(failure).hasMessageContaining("The system refused another process").hasMessageContaining(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Cannot run program \"nodde\": error=2, No such file or directory",
			"Cannot run program \"node\": error=13, Permission denied",
			"Cannot run program \"node\": error=8, Exec format error", "error=0, Failed to exec spawn helper",
			"Cannot run program \"node\": CreateProcess error=11, An attempt was made to load a bad program" })
	void anExecutableThatCannotBeRunIsOne(String message) {
		ProcessStartException failure = failure(new IOException(message));
		assertThat(failure.isConfiguration()).isTrue();
		assertThat(failure).hasMessageContaining("Install Node.js");
	}

	@Test
	void anErrorOfTheMachineMayBeOverTheNextTime() {
		assertThat(failure(new OutOfMemoryError("unable to create native thread")).isConfiguration()).isFalse();
	}

	@Test
	void aLauncherThatFindsNoThreadIsTriedAgain() {
		this.nodes.onLaunch((node) -> {
			throw new OutOfMemoryError("unable to create native thread");
		});
		manager(TestSettings.of(1, 1));
		assertThat(failedStart()).hasMessageContaining("The system refused another process")
			.hasMessageContaining("native thread")
			.returns(false, ProcessStartException::isConfiguration);
		assertThat(this.manager.isRunning()).isFalse();
		this.nodes.onLaunch(FakeNode::listen);
		await().until(() -> this.manager.tryLease(true) != null);
	}

	@Test
	void aProcessWhoseOutputCannotBeReadIsKilled() {
		this.nodes.onLaunch((node) -> node.unreadable().listen());
		manager(TestSettings.of(1, 1));
		assertThat(failedStart().isConfiguration()).isFalse();
		assertThat(this.nodes.next().signals()).containsExactly("SIGKILL");
		assertThat(this.manager.isRunning()).isFalse();
	}

	@Test
	void whereNoThreadCanBeHadTheStartFailsAndNoSlotIsLost() {
		running(TestSettings.of(2, 1), 2).get(0).exit(1, "crash");
		awaitStates(NodeProcessState.READY);
		this.nodes.services().close();
		ProcessLease lease = this.manager.tryLease(true);
		assertThat(lease).as("that of the other one").isNotNull();
		awaitStates(NodeProcessState.READY);
		lease.release();
		turn();
		this.nodes.all().get(1).exit(1, "crash");
		await().until(() -> !this.manager.isRunning());
		assertThat(failedStart().isConfiguration()).isFalse();
		assertThat(this.manager.isRunning()).isFalse();
	}

	@Test
	void whereNoThreadCanBeHadAProcessIsKilledAllTheSame() {
		FakeNode node = running(TestSettings.of(1, 1).grace(Duration.ZERO), 1).get(0);
		this.nodes.services().close();
		await().until(this.manager.drain()::isDone);
		assertThat(node.signals()).containsExactly("SIGKILL");
	}

}
