package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Knows all applications: those that were configured or declared, and those that were
 * found by path and activated by their first request. One application for each physical
 * script, whatever led to it. Thread-safe.
 */
public final class NodeApplicationManager {

	private final List<NodeApplication> declared;

	private final NodeApplicationFactory factory;

	private final Path root;

	private final ApplicationSettings defaults;

	private final int maxApplications;

	private final Map<Path, NodeApplication> found = new ConcurrentHashMap<>();

	private boolean disposed;

	/**
	 * Creates the manager.
	 * @param declared configured and declared applications, with unique names
	 * @param factory makes those that are found by path
	 * @param root absolute path of the folder in which scripts are found
	 * @param defaults settings of applications found by path
	 * @param maxApplications how many of them may be active at once
	 */
	public NodeApplicationManager(Collection<NodeApplication> declared, NodeApplicationFactory factory, Path root,
			ApplicationSettings defaults, int maxApplications) {
		this.declared = List.copyOf(declared);
		this.factory = factory;
		this.root = root;
		this.defaults = defaults;
		this.maxApplications = maxApplications;
	}

	/**
	 * All applications now.
	 * @return configured and declared ones first
	 */
	public Collection<NodeApplication> applications() {
		List<NodeApplication> all = new ArrayList<>(this.declared);
		all.addAll(this.found.values());
		return List.copyOf(all);
	}

	/**
	 * Those that were configured or declared.
	 * @return the applications
	 */
	public Collection<NodeApplication> declared() {
		return this.declared;
	}

	/**
	 * Finds an application.
	 * @param name its name
	 * @return the application, null if there is none of that name
	 */
	public @Nullable NodeApplication find(String name) {
		return applications().stream()
			.filter((application) -> application.name().equals(name))
			.findFirst()
			.orElse(null);
	}

	/**
	 * The application of a script, activated if it is not yet. Blocks for file system
	 * calls.
	 * @param script path of an existing file below the root, spelled as the file system
	 * spells it. There may be links in it; where they lead elsewhere later, so does the
	 * next generation of an application that was activated by this path
	 * @return the application, which may have been activated by another path to the same
	 * file
	 * @throws RequestRejectedException if too many are active
	 */
	public NodeApplication activate(Path script) {
		NodeApplication active = this.found.get(script);
		return (active != null) ? active : findOrCreate(script);
	}

	private synchronized NodeApplication findOrCreate(Path script) {
		NodeApplication active = this.found.get(script);
		if (active != null) {
			return active;
		}
		for (NodeApplication application : applications()) {
			if (isSame(application.definition().script(), script)) {
				return application;
			}
		}
		String name = nameOf(script);
		if (this.disposed) {
			throw RequestRejectedException.disposed(name);
		}
		if (this.found.size() >= this.maxApplications) {
			endThoseWithoutScript();
		}
		if (this.found.size() >= this.maxApplications) {
			throw RequestRejectedException.tooMany(name, this.maxApplications);
		}
		NodeApplication created = this.factory
			.create(new ApplicationDefinition(name, script, List.of(), this.defaults));
		this.found.put(script, created);
		return created;
	}

	/**
	 * Releases may have folders of their own, whose scripts go with them.
	 */
	private void endThoseWithoutScript() {
		this.found.forEach((script, application) -> {
			if (!Files.exists(script) && !application.isBusy()) {
				this.found.remove(script);
				application.dispose();
			}
		});
	}

	private String nameOf(Path script) {
		StringBuilder name = new StringBuilder();
		spelledRoot().relativize(script)
			.forEach((segment) -> name.append((name.length() > 0) ? ":" : "").append(segment));
		while (find(name.toString()) != null) {
			name.append('~');
		}
		return name.toString();
	}

	private Path spelledRoot() {
		try {
			return this.root.toRealPath(LinkOption.NOFOLLOW_LINKS);
		}
		catch (IOException ex) {
			return this.root;
		}
	}

	private static boolean isSame(Path one, Path other) {
		try {
			return Files.isSameFile(one, other);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Tells long requests of all applications that the host stops, so that they end:
	 * those that never would by themselves, such as WebSockets and streams of events.
	 * @param all whether to tell those too that may well end by themselves, such as
	 * downloads
	 */
	public void endLongLived(boolean all) {
		applications().forEach((application) -> application.endLongLived(all));
	}

	/**
	 * Lets applications take requests again that were ended by {@link #dispose()}. Blocks
	 * for file system calls.
	 */
	public void resume() {
		synchronized (this) {
			this.disposed = false;
		}
		applications().forEach(NodeApplication::resume);
	}

	/**
	 * Ends all applications.
	 * @return completes when all processes are gone; the work is done without a
	 * subscriber too
	 */
	public Mono<Void> dispose() {
		synchronized (this) {
			this.disposed = true;
		}
		return Mono.when(applications().stream().map(NodeApplication::dispose).toList());
	}

}
