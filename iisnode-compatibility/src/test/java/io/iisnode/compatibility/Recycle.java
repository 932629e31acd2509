package io.iisnode.compatibility;

import java.time.Duration;
import java.util.List;

import io.iisnode.application.ApplicationSnapshot;
import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationState;
import io.iisnode.process.ProcessSnapshot;

import static org.awaitility.Awaitility.await;

/**
 * Recycles an application and waits until the old processes are gone.
 */
final class Recycle {

	private Recycle() {
	}

	static void of(NodeApplication application) {
		List<Long> old = pids(application.snapshot());
		application.recycle();
		await().atMost(Duration.ofSeconds(90)).until(() -> {
			ApplicationSnapshot snapshot = application.snapshot();
			return snapshot.state() == NodeApplicationState.ACTIVE && !pids(snapshot).isEmpty()
					&& old.stream().noneMatch((pid) -> isAlive(pid));
		});
	}

	private static List<Long> pids(ApplicationSnapshot snapshot) {
		return snapshot.processes().stream().map(ProcessSnapshot::pid).toList();
	}

	private static boolean isAlive(long pid) {
		return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
	}

}
