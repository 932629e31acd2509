package io.iisnode.watch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What was seen of the watched files: nothing changed as long as two of them are equal.
 *
 * @param parts the files by their place, which has no links in it; first the script, then
 * the watched folders in their order
 */
record Snapshot(List<Map<Path, Seen>> parts) {

	/** Before anything was looked at. */
	static final Snapshot NONE = new Snapshot(List.of());

	static Snapshot empty(int size) {
		List<Map<Path, Seen>> parts = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			parts.add(new HashMap<>());
		}
		return new Snapshot(parts);
	}

	Map<Path, Seen> part(int index) {
		return (index < this.parts.size()) ? this.parts.get(index) : Map.of();
	}

	/**
	 * Takes over what another one knows of a part.
	 * @param other the other one
	 * @param index number of the part
	 * @param folder the folder of which it is taken over, or null: all
	 */
	void keep(Snapshot other, int index, @Nullable Path folder) {
		other.part(index).forEach((path, seen) -> {
			if (folder == null || path.startsWith(folder)) {
				this.parts.get(index).put(path, seen);
			}
		});
	}

	/**
	 * The files that are not as in another one.
	 */
	Set<Path> differencesTo(Snapshot other) {
		Set<Path> different = new HashSet<>();
		for (int i = 0; i < Math.max(this.parts.size(), other.parts.size()); i++) {
			Map<Path, Seen> here = part(i);
			Map<Path, Seen> there = other.part(i);
			here.forEach((path, seen) -> {
				if (!seen.equals(there.get(path))) {
					different.add(path);
				}
			});
			there.keySet().stream().filter((path) -> !here.containsKey(path)).forEach(different::add);
		}
		return different;
	}

	int size() {
		return this.parts.stream().mapToInt(Map::size).sum();
	}

	/**
	 * A file.
	 *
	 * @param state its state
	 * @param target where the link leads that it was reached by, or null if it is none
	 */
	record Seen(FileState state, @Nullable Path target) {
	}

}
