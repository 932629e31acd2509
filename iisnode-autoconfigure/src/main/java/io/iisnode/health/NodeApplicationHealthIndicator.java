package io.iisnode.health;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.iisnode.application.ApplicationSnapshot;
import io.iisnode.application.FailedGeneration;
import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationState;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessExit;
import io.iisnode.process.ProcessStartException;
import io.iisnode.process.RapidFailSnapshot;
import io.iisnode.process.ScriptNotFoundException;

/**
 * Health of one Node application.
 * <ul>
 * <li>DOWN: no process takes requests and none is started because too many have failed
 * (<code>rapid-fail-limit</code>), the latest start failed a short time ago, or the
 * script of a configured application is missing.</li>
 * <li>OUT_OF_SERVICE: it has been stopped.</li>
 * <li>UP: everything else. What is wrong although requests are served, as a deployment
 * that does not start so that the generation before it stays, is told in the
 * details.</li>
 * </ul>
 * Asks the file system, so it may block for a moment; Boot calls it where that is
 * allowed.
 */
final class NodeApplicationHealthIndicator implements HealthIndicator {

	/**
	 * After such a time a failed start makes it DOWN no more: where requests come only to
	 * what is UP, none would ever try again.
	 */
	private static final Duration RECENT = Duration.ofMinutes(1);

	private final NodeApplication application;

	private final boolean configured;

	NodeApplicationHealthIndicator(NodeApplication application, boolean configured) {
		this.application = application;
		this.configured = configured;
	}

	@Override
	public Health health() {
		ApplicationSnapshot snapshot = this.application.snapshot();
		long ready = snapshot.processes()
			.stream()
			.filter((process) -> process.state() == NodeProcessState.READY)
			.count();
		boolean missing = !Files.isRegularFile(this.application.definition().script());
		Health.Builder health = new Health.Builder();
		if (snapshot.state() == NodeApplicationState.DISPOSED) {
			health.outOfService().withDetail("reason", "It has been stopped");
		}
		else if (ready == 0 && missing && this.configured) {
			health.down().withDetail("reason", "Its script does not exist");
		}
		else if (ready == 0 && snapshot.rapidFail().isSuspended()) {
			health.down().withDetail("reason", "Its processes end unexpectedly or do not start");
		}
		else if (ready == 0 && hasJustFailed(snapshot)) {
			health.down().withDetail("reason", "Its latest process did not start");
		}
		else {
			health.up();
		}
		health.withDetail("generation", snapshot.generation()).withDetail("readyProcesses", ready);
		if (missing) {
			health.withDetail("missingScript", snapshot.script());
		}
		if (snapshot.rapidFail().isSuspended()) {
			health.withDetail("startsSuspended", describe(snapshot.rapidFail()));
		}
		ProcessStartException failure = startFailure(snapshot);
		if (failure != null) {
			health.withDetail("startFailure", String.valueOf(failure.getMessage()));
		}
		if (snapshot.failedGeneration() != null) {
			health.withDetail("failedGeneration", describe(snapshot.failedGeneration()));
		}
		return health.build();
	}

	private static boolean hasJustFailed(ApplicationSnapshot snapshot) {
		ProcessExit last = snapshot.rapidFail().lastFailure();
		return startFailure(snapshot) != null && (last == null || last.endedAt().plus(RECENT).isAfter(Instant.now()));
	}

	/**
	 * That a script is missing is told as such.
	 */
	private static @Nullable ProcessStartException startFailure(ApplicationSnapshot snapshot) {
		return (snapshot.startFailure() instanceof ScriptNotFoundException) ? null : snapshot.startFailure();
	}

	private static Map<String, Object> describe(RapidFailSnapshot rapidFail) {
		Map<String, Object> details = new LinkedHashMap<>();
		if (rapidFail.nextTry() != null) {
			details.put("nextTry", rapidFail.nextTry().toString());
		}
		ProcessExit last = rapidFail.lastFailure();
		if (last != null) {
			details.put("lastEnd", (last.cause() != null) ? last.cause() : last.inWords());
			details.put("lastWords", last.lastLines());
		}
		return details;
	}

	private static Map<String, Object> describe(FailedGeneration failed) {
		return Map.of("generation", failed.generation(), "at", failed.at().toString(), "message", failed.message());
	}

}
