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
	 * @param affinity what ties the request to a process; null: nothing
	 * @return a lease, or null if none has a free slot
	 */
	abstract @Nullable ProcessLease select(List<@Nullable NodeProcess> processes, @Nullable Affinity affinity);

	static ProcessSelector of(ProcessSelection selection) {
		return switch (selection) {
			case ROUND_ROBIN -> new RoundRobin();
			case LEAST_ACTIVE -> new LeastActive();
			case STICKY -> new Sticky();
		};
	}

	/**
	 * Strict turns among those with a free slot.
	 */
	private static final class RoundRobin extends ProcessSelector {

		private int next;

		@Override
		@Nullable ProcessLease select(List<@Nullable NodeProcess> processes, @Nullable Affinity affinity) {
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
		@Nullable ProcessLease select(List<@Nullable NodeProcess> processes, @Nullable Affinity affinity) {
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

	/**
	 * The process that the request is tied to; where that is gone or full, or nothing
	 * ties, strict turns.
	 */
	private static final class Sticky extends ProcessSelector {

		private final RoundRobin others = new RoundRobin();

		@Override
		@Nullable ProcessLease select(List<@Nullable NodeProcess> processes, @Nullable Affinity affinity) {
			ProcessLease lease = null;
			if (affinity != null) {
				for (int index : affinity.preference(processes.size())) {
					NodeProcess process = processes.get(index);
					lease = (process != null) ? process.tryLease() : null;
					if (lease != null) {
						return lease.inSlot(index);
					}
				}
			}
			lease = this.others.select(processes, null);
			return (lease != null) ? lease.inSlot(processes.indexOf(lease.process())) : null;
		}

	}

}
