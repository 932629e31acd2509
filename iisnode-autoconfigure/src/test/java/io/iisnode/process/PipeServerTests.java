package io.iisnode.process;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link PipeServer}: a real node process that has started another one.
 */
class PipeServerTests {

	private static final String STAY = "setInterval(() => {}, 1000)";

	/** Counts how often all processes are gone through. */
	private final Process started = mock(Process.class);

	private final PipeServer server = new PipeServer(this.started);

	private Process node;

	private long child;

	@BeforeEach
	void start() throws Exception {
		this.node = new ProcessBuilder("node", "-e",
				"console.log(require('child_process').spawn(process.execPath, ['-e', '" + STAY + "']).pid);" + STAY)
			.start();
		this.child = Long.parseLong(this.node.inputReader().readLine());
		given(this.started.pid()).willReturn(this.node.pid());
		given(this.started.descendants()).willAnswer((ignored) -> this.node.descendants());
	}

	@AfterEach
	void end() throws Exception {
		ProcessHandle.of(this.child).ifPresent(ProcessHandle::destroyForcibly);
		this.node.destroyForcibly();
		assertThat(this.node.waitFor(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void theProcessItselfIsKnownWithoutASearch() {
		assertThat(this.server.test(this.node.pid())).isTrue();
		then(this.started).should(never()).descendants();
	}

	@Test
	void whatItHasStartedIsSearchedForOnce() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.server.test(this.child)).isTrue();
		}
		then(this.started).should().descendants();
	}

	@Test
	void othersMayNotServeItsPipes() {
		assertThat(this.server.test(ProcessHandle.current().pid())).isFalse();
		assertThat(this.server.test(0)).isFalse();
	}

	@Test
	void aProcessThatHasEndedIsNotRemembered() {
		assertThat(this.server.test(this.child)).isTrue();
		ProcessHandle handle = ProcessHandle.of(this.child).orElseThrow();
		handle.destroyForcibly();
		handle.onExit().join();
		assertThat(this.server.test(this.child)).isFalse();
	}

}
