package io.iisnode.process;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Chooses the process that takes the next request. Called under the lock of its manager:
 * turns are strict only if one request at a time is given out.
 */
abstract class ProcessSelector {

	/**
	 * Takes a slot of one of the processes.
	 * @param processes all slots of the pool in their fixed order; an empty one is null
	 * @return a lease, or null if none has a free slot
	 */
	abstract @Nullable ProcessLease select(List<@Nullable NodeProcess> processes);

	static ProcessSelector of(ProcessSelection selection) {
		return switch (selection) {
			case ROUND_ROBIN -> new RoundRobin();
			case LEAST_ACTIVE -> new LeastActive();
		};
	}

	/**
	 * Strict turns among those with a free slot.
	 */
	private static final class RoundRobin extends ProcessSelector {

		private int next;

		@Override
		@Nullable ProcessLease select(List<@Nullable NodeProcess> processes) {
			int size = processes.size();
			for (int i = 0; i < size; i++) {
				int index = (this.next + i) % size;
				NodeProcess process = processes.get(index);
				ProcessLease lease = (process != null) ? process.tryLease() : null;
				if (lease != null) {
					this.next = (index + 1) % size;
					return lease;
				}
			}
			return null;
		}

	}

	/**
	 * Fewest active requests first, turns among equals.
	 */
	private static final class LeastActive extends ProcessSelector {

		private int next;

		@Override
		@Nullable ProcessLease select(List<@Nullable NodeProcess> processes) {
			int size = processes.size();
			int best = -1;
			int fewest = Integer.MAX_VALUE;
			for (int i = 0; i < size; i++) {
				int index = (this.next + i) % size;
				NodeProcess process = processes.get(index);
				if (process != null && process.state() == NodeProcessState.READY && process.active() < fewest) {
					fewest = process.active();
					best = index;
				}
			}
			if (best < 0) {
				return null;
			}
			this.next = (best + 1) % size;
			NodeProcess chosen = processes.get(best);
			return (chosen != null) ? chosen.tryLease() : null;
		}

	}

}
