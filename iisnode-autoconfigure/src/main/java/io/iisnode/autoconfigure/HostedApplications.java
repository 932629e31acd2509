package io.iisnode.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.iisnode.application.NodeApplication;

/**
 * Checks the applications of a host together, however each was declared.
 */
final class HostedApplications {

	private HostedApplications() {
	}

	/**
	 * Checks that names and URL patterns are unique.
	 * @param applications the applications
	 * @return the same applications
	 */
	static List<NodeApplication> check(List<NodeApplication> applications) {
		Map<String, NodeApplication> names = new HashMap<>();
		Map<String, NodeApplication> paths = new HashMap<>();
		for (NodeApplication application : applications) {
			if (names.put(application.name(), application) != null) {
				throw new NodeConfigurationException("There are two Node applications '" + application.name() + "'.",
						"Give each its own name: the name of a configured application is its key, that of a bean"
								+ " is what it was built with.",
						null);
			}
			for (String path : application.definition().paths()) {
				NodeApplication other = paths.put(path, application);
				if (other != null) {
					throw ambiguous(path, other, application);
				}
			}
		}
		return applications;
	}

	private static NodeConfigurationException ambiguous(String path, NodeApplication one, NodeApplication other) {
		String what = (one == other) ? "The Node application '" + one.name() + "' has the path '" + path + "' twice."
				: "The Node applications '" + one.name() + "' and '" + other.name() + "' have the same path '" + path
						+ "'.";
		return new NodeConfigurationException(what,
				"Change iisnode.applications.<name>.path of one of them, so that each path leads to one application.",
				null);
	}

}
