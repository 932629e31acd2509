package io.iisnode.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The places of a pool, in the order of turns, and the processes that have left theirs
 * and finish what they have. Guarded by the lock of the {@link NodeProcessManager}.
 */
final class ProcessSlots {

	private final List<@Nullable NodeProcess> slots;

	private final List<NodeProcess> leaving = new ArrayList<>();

	ProcessSlots(int size) {
		this.slots = new ArrayList<@Nullable NodeProcess>(Collections.<@Nullable NodeProcess>nCopies(size, null));
	}

	int size() {
		return this.slots.size();
	}

	/**
	 * All places; an empty one is null.
	 */
	List<@Nullable NodeProcess> inTurn() {
		return this.slots;
	}

	/**
	 * The processes that have a place.
	 */
	List<NodeProcess> occupants() {
		List<NodeProcess> occupants = new ArrayList<>();
		for (NodeProcess process : this.slots) {
			if (process != null) {
				occupants.add(process);
			}
		}
		return occupants;
	}

	/**
	 * The processes that have a place, and then those that have left theirs.
	 * @param other one that has no place yet, may be null
	 */
	List<NodeProcess> all(@Nullable NodeProcess other) {
		List<NodeProcess> all = occupants();
		if (other != null) {
			all.add(other);
		}
		all.addAll(this.leaving);
		return all;
	}

	boolean isFull() {
		return !this.slots.contains(null);
	}

	boolean isEmpty() {
		return this.slots.stream().allMatch(Objects::isNull);
	}

	boolean contains(NodeProcess process) {
		return this.slots.contains(process);
	}

	/**
	 * How many of those that have a place are in a state.
	 */
	int count(NodeProcessState state) {
		int count = 0;
		for (NodeProcess process : this.slots) {
			if (process != null && process.state() == state) {
				count++;
			}
		}
		return count;
	}

	boolean has(NodeProcessState state) {
		return count(state) > 0;
	}

	/**
	 * Gives a process the first empty place.
	 */
	void fill(NodeProcess process) {
		this.slots.set(this.slots.indexOf(null), process);
	}

	/**
	 * Takes a process off its place and remembers it until it is gone.
	 * @param next gets the place, may be null
	 * @return false if it had none
	 */
	boolean leave(NodeProcess process, @Nullable NodeProcess next) {
		int index = this.slots.indexOf(process);
		if (index < 0) {
			return false;
		}
		this.slots.set(index, next);
		this.leaving.add(process);
		return true;
	}

	/**
	 * A process is gone.
	 * @param next gets its place if it still had one, may be null
	 */
	void gone(NodeProcess process, @Nullable NodeProcess next) {
		leave(process, next);
		this.leaving.remove(process);
	}

	/**
	 * Takes all processes off their places.
	 * @param other one that leaves without having had a place, may be null
	 * @return all that are not gone
	 */
	List<NodeProcess> leaveAll(@Nullable NodeProcess other) {
		this.leaving.addAll(0, occupants());
		if (other != null) {
			this.leaving.add(other);
		}
		Collections.fill(this.slots, null);
		return List.copyOf(this.leaving);
	}

}
