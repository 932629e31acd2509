package io.iisnode.health;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;

/**
 * Health of the Node applications: one component each, those found by path as soon as
 * they are active. Thread-safe.
 */
public final class NodeApplicationsHealthContributor implements CompositeHealthContributor {

	private final NodeApplicationManager manager;

	/**
	 * Creates the contributor.
	 * @param manager knows the applications
	 */
	public NodeApplicationsHealthContributor(NodeApplicationManager manager) {
		this.manager = manager;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		NodeApplication application = this.manager.find(name);
		return (application != null) ? indicator(application) : null;
	}

	@Override
	public Stream<Entry> stream() {
		return this.manager.applications()
			.stream()
			.map((application) -> new Entry(application.name(), indicator(application)));
	}

	private NodeApplicationHealthIndicator indicator(NodeApplication application) {
		return new NodeApplicationHealthIndicator(application, this.manager.declared().contains(application));
	}

}
