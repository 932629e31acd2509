package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.iisnode.process.FakeNodes;
import io.iisnode.process.ProcessSettings;
import io.iisnode.process.RapidFailSettings;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.transport.ConnectionSettings;
import io.iisnode.watch.FileWatcher;

/**
 * An application whose processes do what a test tells them.
 */
final class FakeApplication implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private final FakeNodes nodes;

	private final NodeApplication application;

	private final boolean ownsNodes;

	FakeApplication(Path folder, ProcessSettings process, QueueSettings queue) {
		this(new FakeNodes(folder), true, process, queue, RecycleStrategy.READY_FIRST, FakeNodes.NO_RAPID_FAIL);
	}

	private FakeApplication(FakeNodes nodes, boolean ownsNodes, ProcessSettings process, QueueSettings queue,
			RecycleStrategy strategy, RapidFailSettings rapidFail) {
		this.nodes = nodes;
		this.ownsNodes = ownsNodes;
		ApplicationSettings settings = new ApplicationSettings(process, rapidFail, ConnectionSettings.DEFAULTS,
				ExchangeSettings.DEFAULTS, queue, FakeNodes.logSettings(), null, strategy, ClientSettings.DEFAULTS,
				StickySettings.DEFAULTS, FileSettings.NONE, false, 0);
		this.application = new NodeApplicationFactory(this.nodes.services(), new FileWatcher())
			.create(new ApplicationDefinition("test", this.nodes.script(), List.of(), settings));
	}

	static FakeApplication in(Path folder, int processes, int concurrency, int pending) {
		return new FakeApplication(folder, FakeNodes.settings(processes, concurrency),
				new QueueSettings(pending, Duration.ofSeconds(30)));
	}

	/**
	 * One whose generations change as in iisnode.
	 */
	static FakeApplication recycledAtOnce(Path folder) {
		return new FakeApplication(new FakeNodes(folder), true, FakeNodes.settings(1, 2),
				new QueueSettings(10, Duration.ofSeconds(30)), RecycleStrategy.IMMEDIATE, FakeNodes.NO_RAPID_FAIL);
	}

	/**
	 * One that is not started any more after so many failures.
	 */
	static FakeApplication suspendedAfter(Path folder, int failures, int pending) {
		return new FakeApplication(new FakeNodes(folder), true, FakeNodes.settings(1, 2),
				new QueueSettings(pending, Duration.ofSeconds(30)), RecycleStrategy.READY_FIRST,
				new RapidFailSettings(failures, Duration.ofMinutes(5)));
	}

	/**
	 * One of several with the same launcher.
	 */
	static FakeApplication with(FakeNodes nodes, int processes, int concurrency, int pending) {
		return new FakeApplication(nodes, false, FakeNodes.settings(processes, concurrency),
				new QueueSettings(pending, Duration.ofSeconds(30)), RecycleStrategy.READY_FIRST,
				FakeNodes.NO_RAPID_FAIL);
	}

	/**
	 * Lets every process listen as soon as it is launched.
	 */
	FakeApplication listening() {
		this.nodes.onLaunch((node) -> node.listen());
		return this;
	}

	FakeNodes nodes() {
		return this.nodes;
	}

	NodeApplication application() {
		return this.application;
	}

	/**
	 * Waits for a lease.
	 */
	RequestLease lease() {
		RequestLease lease = this.application.acquire().block(LIMIT);
		if (lease == null) {
			throw new AssertionError("No lease");
		}
		return lease;
	}

	@Override
	public void close() {
		this.application.dispose();
		if (this.ownsNodes) {
			this.nodes.close();
		}
	}

}
