package io.iisnode.watch;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.watch.AbstractFileWatcherTests.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FileWatcher}: its listeners and their ends.
 */
@ParameterizedClass
@EnumSource(Mode.class)
@ExtendWith(OutputCaptureExtension.class)
class FileWatcherListenerTests extends AbstractFileWatcherTests {

	@Test
	void failingListenerIsLoggedAndCalledAgain(CapturedOutput output) throws IOException {
		this.watcher.watch(settings(DEFAULT), this.folder, this.script, List.of(), (files) -> {
			this.reports.incrementAndGet();
			throw new IllegalStateException("no recycling today");
		});
		TestFiles.append(this.script);
		awaitExactly(1);
		TestFiles.append(this.script);
		awaitExactly(2);
		await().untilAsserted(() -> assertThat(output).contains("no recycling today"));
	}

	@Test
	void watchesOfOneFolderAreIndependent() throws IOException {
		AtomicInteger others = new AtomicInteger();
		Watch other = this.watcher.watch(settings("*.txt"), this.folder, this.script, List.of(),
				(files) -> others.incrementAndGet());
		watch(DEFAULT);
		TestFiles.append(this.script);
		awaitExactly(1);
		await().untilAsserted(() -> assertThat(others).hasValue(1));
		other.close();
		other.close();
		TestFiles.append(this.script);
		awaitExactly(2);
		assertThat(others).hasValue(1);
	}

	@Test
	void watchClosedByItsListenerReportsNoMore() throws IOException {
		AtomicInteger others = new AtomicInteger();
		Watch[] own = new Watch[1];
		own[0] = this.watcher.watch(settings(DEFAULT), this.folder, this.script, List.of(), (files) -> {
			others.incrementAndGet();
			own[0].close();
		});
		TestFiles.append(this.script);
		await().untilAsserted(() -> assertThat(others).hasValue(1));
		watch(DEFAULT);
		TestFiles.append(this.script);
		awaitExactly(1);
		assertThat(others).hasValue(1);
	}

	@Test
	void changesWhileTheListenerRunsAreReportedEvenIfTheyAreMore() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.watcher.watch(settings(DEFAULT), this.folder, this.script, List.of(), (files) -> {
			called.countDown();
			awaitLatch(go);
			this.reports.incrementAndGet();
		});
		TestFiles.append(this.script);
		assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
		// More than the operating system or the JDK keep
		for (int i = 0; i < 1000; i++) {
			TestFiles.write(this.folder.resolve("noise" + i + ".txt"), "x");
		}
		TestFiles.append(this.script);
		go.countDown();
		awaitReports(2);
	}

	@Test
	void closedWatchReleasesItsFolders() {
		Watch first = watch(DEFAULT);
		Watch second = watch("**/*.js");
		assertThat(first.isPolling()).isEqualTo(this.mode == Mode.POLLING);
		assertThat(this.watcher.registeredFolders() > 0).isEqualTo(this.mode == Mode.NOTIFIED);
		first.close();
		second.close();
		assertThat(this.watcher.registeredFolders()).isZero();
	}

	@Test
	void closeByTheListenerEndsAll() throws IOException {
		this.watcher.watch(settings(DEFAULT), this.folder, this.script, List.of(), (files) -> {
			this.watcher.close();
			this.reports.incrementAndGet();
		});
		TestFiles.append(this.script);
		awaitExactly(1);
		assertThatIllegalStateException().isThrownBy(() -> watch(DEFAULT)).withMessageContaining("closed");
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
