package io.iisnode.autoconfigure;

import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import lombok.extern.slf4j.Slf4j;
import reactor.core.publisher.Mono;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.process.ProcessSettings;
import io.iisnode.process.ProcessStartException;

/**
 * Starts processes of configured and declared applications before the port of the host
 * opens: as many as are kept ready, and one at least where a failure is to be found.
 */
@Slf4j
final class EagerStart {

	/** What a start may need beyond its timeout, which a process keeps itself. */
	private static final Duration MARGIN = Duration.ofSeconds(5);

	private final NodeApplicationManager manager;

	private final boolean failFast;

	EagerStart(NodeApplicationManager manager, boolean failFast) {
		this.manager = manager;
		this.failFast = failFast;
	}

	/**
	 * Starts the applications together.
	 * @return completes when all are ready, or have failed; fails with
	 * {@link NodeConfigurationException} where a failure is to stop the host
	 */
	Mono<Void> start() {
		return Mono.when(this.manager.declared().stream().map(this::start).toList());
	}

	private Mono<Void> start(NodeApplication application) {
		ProcessSettings settings = application.definition().settings().process();
		int count = Math.max(settings.minProcessCount(), this.failFast ? 1 : 0);
		if (count == 0 || (!this.failFast && !Files.isRegularFile(application.definition().script()))) {
			// That the script is missing has been said already.
			return Mono.empty();
		}
		return application.start(count)
			.timeout(settings.startupTimeout().plus(MARGIN))
			.onErrorResume((failure) -> failed(application, failure));
	}

	private Mono<Void> failed(NodeApplication application, Throwable failure) {
		String reason = (failure instanceof TimeoutException) ? "It was not ready in time (iisnode.startup-timeout)"
				: String.valueOf(failure.getMessage());
		if (this.failFast) {
			return Mono.error(new NodeConfigurationException(
					String.format("The Node application '%s' cannot start:%n%n    %s", application.name(), reason),
					"Correct that, or set iisnode.fail-fast to false: then the host starts without it, and its"
							+ " processes are tried again.",
					failure));
		}
		if (!(failure instanceof ProcessStartException)) {
			// Others have been logged.
			log.error("Application '{}' did not start before the port of the host opens: {}", application.name(),
					reason, failure);
		}
		return Mono.empty();
	}

}
