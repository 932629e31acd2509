package io.iisnode.compatibility;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That nothing is left out in silence.
 */
class EnginesTests {

	@Test
	void everyVersionOfNodeIsThere() {
		assertThat(Facts.get().nodes()).extracting((node) -> node.version().replaceAll("\\..*", ""))
			.containsExactly("v20", "v22", "v24");
	}

	/**
	 * Whatever an update of a lock file brings: what then excludes a version of Node.js
	 * has to be named here.
	 */
	@ParameterizedTest
	@EnumSource
	void frameworkRunsOnEveryVersionOfNodeByItsOwnWord(Framework framework) {
		List<Combination> excluded = Combination.all()
			.filter((combination) -> combination.framework() == framework)
			.filter((combination) -> !combination.exclusions().isEmpty())
			.toList();
		assertThat(excluded).isEmpty();
	}

}
