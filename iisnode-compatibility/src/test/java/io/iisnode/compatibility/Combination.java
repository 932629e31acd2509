package io.iisnode.compatibility;

import java.util.List;
import java.util.stream.Stream;

/**
 * A framework on a version of Node.js.
 */
record Combination(Framework framework, NodeRelease node) {

	/**
	 * All there are.
	 */
	static Stream<Combination> all() {
		return Stream.of(Framework.values())
			.flatMap((framework) -> Facts.get().nodes().stream().map((node) -> new Combination(framework, node)));
	}

	/**
	 * Those that the packages do not exclude themselves.
	 */
	static Stream<Combination> supported() {
		return all().filter((combination) -> combination.exclusions().isEmpty());
	}

	/**
	 * What excludes this one by its own word, if anything.
	 */
	List<String> exclusions() {
		return Facts.get().exclusions(this.framework, this.node);
	}

	@Override
	public String toString() {
		return this.framework + " " + Facts.get().versionOf(this.framework) + " on " + this.node;
	}

}
