package io.iisnode.autoconfigure;

import java.time.Duration;
import java.util.Comparator;

import lombok.extern.slf4j.Slf4j;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplicationManager;

/**
 * Starts what is to be ready before the port of the host opens, and ends the Node
 * applications after the web server has stopped. Each may finish what it has within its
 * graceful-shutdown-timeout; the context goes on after
 * spring.lifecycle.timeout-per-shutdown-phase, but beans are not destroyed before all
 * applications have ended.
 */
@Slf4j
final class NodeApplicationLifecycle implements SmartLifecycle, DisposableBean {

	/** Lower phases start first and stop last. */
	static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

	/** What applications may need beyond their graceful-shutdown-timeout. */
	private static final Duration MARGIN = Duration.ofSeconds(10);

	private final NodeApplicationManager manager;

	private final EagerStart eagerStart;

	private volatile Mono<Void> disposal;

	private volatile boolean running;

	NodeApplicationLifecycle(NodeApplicationManager manager, boolean failFast) {
		this.manager = manager;
		this.eagerStart = new EagerStart(manager, failFast);
		this.disposal = disposal(manager);
	}

	/**
	 * The end of all applications, once for all who ask for it.
	 */
	private static Mono<Void> disposal(NodeApplicationManager manager) {
		return Mono.defer(() -> dispose(manager)).cache();
	}

	private static Mono<Void> dispose(NodeApplicationManager manager) {
		Duration grace = manager.applications()
			.stream()
			.map((application) -> application.definition().settings().process().gracefulShutdownTimeout())
			.max(Comparator.naturalOrder())
			.orElse(Duration.ZERO);
		return manager.dispose().timeout(grace.plus(MARGIN)).onErrorResume((ex) -> {
			log.warn("Node applications did not end in order", ex);
			return Mono.empty();
		});
	}

	/**
	 * Brings back the applications of a host that was stopped; at its first start there
	 * is nothing to do.
	 */
	@Override
	public void start() {
		this.manager.resume();
		this.disposal = disposal(this.manager);
		this.running = true;
		this.eagerStart.start().block();
	}

	@Override
	public void stop() {
		this.running = false;
		this.disposal.block();
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.disposal.doFinally((signal) -> callback.run()).subscribe();
	}

	@Override
	public void destroy() {
		stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
