package io.iisnode.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds the processes that a pool without requests can do without. Guarded by the lock of
 * the {@link NodeProcessManager}; looks at the processes from time to time, so that no
 * request pays for it.
 */
final class IdleProcesses {

	private final @Nullable Duration timeout;

	private final int minimum;

	private Map<NodeProcess, Activity> activities = Map.of();

	private long lastRequest;

	/**
	 * Creates the finder.
	 * @param timeout time without a request, null: no process is idle ever
	 * @param minimum processes that stay
	 * @param now the time in nanoseconds
	 */
	IdleProcesses(@Nullable Duration timeout, int minimum, long now) {
		this.timeout = timeout;
		this.minimum = minimum;
		this.lastRequest = now;
	}

	/**
	 * Looks at the processes of the pool.
	 * @param now the time in nanoseconds
	 * @return those to end: the last ones first, none below the minimum, none that works
	 */
	List<NodeProcess> find(long now, List<NodeProcess> processes) {
		if (this.timeout == null) {
			return List.of();
		}
		observe(now, processes);
		long idle = this.timeout.toNanos();
		List<NodeProcess> found = new ArrayList<>();
		if (now - this.lastRequest < idle) {
			return found;
		}
		for (int i = processes.size() - 1; i >= 0 && processes.size() - found.size() > this.minimum; i--) {
			NodeProcess process = processes.get(i);
			Activity activity = this.activities.get(process);
			if (activity != null && now - activity.last() >= idle) {
				found.add(process);
			}
		}
		return found;
	}

	private void observe(long now, List<NodeProcess> processes) {
		Map<NodeProcess, Activity> observed = new HashMap<>();
		for (NodeProcess process : processes) {
			Activity before = this.activities.get(process);
			long requests = process.totalRequests();
			if (requests != ((before != null) ? before.requests() : 0)) {
				this.lastRequest = now;
			}
			boolean idle = before != null && before.requests() == requests && process.active() == 0
					&& process.state() == NodeProcessState.READY;
			observed.put(process, idle ? before : new Activity(requests, now));
		}
		this.activities = observed;
	}

	/**
	 * What a process has done.
	 *
	 * @param requests how many it has had
	 * @param last when it was last seen to do anything
	 */
	private record Activity(long requests, long last) {
	}

}
