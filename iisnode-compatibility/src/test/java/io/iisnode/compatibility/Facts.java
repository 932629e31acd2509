package io.iisnode.compatibility;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was installed, as <code>build-apps.mjs</code> found it.
 *
 * @param nodes the versions of Node.js
 * @param applications the applications by the name of their folder
 */
record Facts(List<NodeRelease> nodes, Map<String, Application> applications) {

	private static @Nullable Facts facts;

	/**
	 * The facts of this build.
	 */
	static synchronized Facts get() {
		Facts known = facts;
		if (known == null) {
			known = JsonMapper.shared().readValue(Path.of("target", "facts.json").toFile(), Facts.class);
			facts = known;
		}
		return known;
	}

	/**
	 * The version of a framework.
	 */
	String versionOf(Framework framework) {
		return application(framework).packages().get(framework.module()).version();
	}

	/**
	 * What does not run on a version of Node.js by its own word.
	 * @return packages and what they need; empty if all run
	 */
	List<String> exclusions(Framework framework, NodeRelease node) {
		return application(framework).excluded().get(node.version());
	}

	private Application application(Framework framework) {
		return this.applications.get(framework.folder());
	}

	/**
	 * One application.
	 *
	 * @param packages what it names in its <code>package.json</code>
	 * @param excluded by version of Node.js, the packages that exclude it
	 */
	record Application(Map<String, Package> packages, Map<String, List<String>> excluded) {

	}

	/**
	 * One package.
	 *
	 * @param version installed version
	 * @param engines the versions of Node.js that it says it needs
	 */
	record Package(String version, String engines) {

	}

}
