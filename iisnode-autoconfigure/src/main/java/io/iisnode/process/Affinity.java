package io.iisnode.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What ties a request to one of the processes: the number of its place in the pool, or a
 * key that all requests have in common which belong together. A place keeps its number
 * when its process is replaced.
 */
public final class Affinity {

	private static final long GOLDEN = 0x9E3779B97F4A7C15L;

	private static final long FNV_OFFSET = 0xCBF29CE484222325L;

	private static final long FNV_PRIME = 0x100000001B3L;

	private final int slot;

	private final long hash;

	private Affinity(int slot, long hash) {
		this.slot = slot;
		this.hash = hash;
	}

	/**
	 * Ties to a place.
	 * @param slot its number, from 0 on
	 * @return the affinity
	 */
	public static Affinity toSlot(int slot) {
		return new Affinity(slot, 0);
	}

	/**
	 * Ties to the place that is found by a key. When there are more places or fewer, most
	 * keys keep theirs (rendezvous hashing).
	 * @param key the key
	 * @return the affinity
	 */
	public static Affinity ofKey(String key) {
		long hash = FNV_OFFSET;
		for (int i = 0; i < key.length(); i++) {
			hash = (hash ^ key.charAt(i)) * FNV_PRIME;
		}
		return new Affinity(-1, hash);
	}

	/**
	 * The places in the order in which they are wished for.
	 * @param size number of places
	 * @return the wished one alone, or all, if others follow from the key
	 */
	List<Integer> preference(int size) {
		if (this.slot >= 0) {
			return (this.slot < size) ? List.of(this.slot) : List.of();
		}
		List<Integer> slots = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			slots.add(i);
		}
		slots.sort(Comparator.comparingLong(this::weight).reversed());
		return slots;
	}

	/**
	 * Mixes key and number as SplitMix64 does.
	 */
	private long weight(int index) {
		long mixed = this.hash ^ ((index + 1) * GOLDEN);
		mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
		return mixed ^ (mixed >>> 31);
	}

}
