package io.iisnode.process;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PipeServer}: a real node process that has started another one.
 */
class PipeServerTests {

	private static final String STAY = "setInterval(() => {}, 1000)";

	private final AtomicInteger searches = new AtomicInteger();

	private Process node;

	private long child;

	private PipeServer server;

	@BeforeEach
	void start() throws Exception {
		this.node = new ProcessBuilder("node", "-e",
				"console.log(require('child_process').spawn(process.execPath, ['-e', '" + STAY + "']).pid);" + STAY)
			.start();
		this.child = Long.parseLong(this.node.inputReader().readLine());
		this.server = new PipeServer(new Counted(this.node));
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
		assertThat(this.searches).hasValue(0);
	}

	@Test
	void whatItHasStartedIsSearchedForOnce() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.server.test(this.child)).isTrue();
		}
		assertThat(this.searches).hasValue(1);
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

	/**
	 * Counts how often all processes are gone through.
	 */
	private final class Counted extends Process {

		private final Process process;

		Counted(Process process) {
			this.process = process;
		}

		@Override
		public long pid() {
			return this.process.pid();
		}

		@Override
		public Stream<ProcessHandle> descendants() {
			PipeServerTests.this.searches.incrementAndGet();
			return this.process.descendants();
		}

		@Override
		public OutputStream getOutputStream() {
			throw new UnsupportedOperationException();
		}

		@Override
		public InputStream getInputStream() {
			throw new UnsupportedOperationException();
		}

		@Override
		public InputStream getErrorStream() {
			throw new UnsupportedOperationException();
		}

		@Override
		public int waitFor() {
			throw new UnsupportedOperationException();
		}

		@Override
		public int exitValue() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void destroy() {
			throw new UnsupportedOperationException();
		}

	}

}
