package io.iisnode.benchmarks.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.benchmarks.BenchmarkApplication;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessSnapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * No request fails while an application is recycled in every way, and if one of its
 * processes is killed, only those that it worked on.
 * <p>
 * A long run, which writes down what it has counted:
 * <code>-Diisnode.torture.rounds=20 -Diisnode.torture.report=docs/reliability.md</code>,
 * or the profile <code>torture</code>.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Links need a privilege there")
class TortureTests {

	private static final int ROUNDS = Integer.getInteger("iisnode.torture.rounds", 1);

	private static final String REPORT = System.getProperty("iisnode.torture.report", "");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int PROCESSES = 2;

	/**
	 * Processes of old generations finish their streams meanwhile; not too many at once.
	 */
	private static final int MOST_PROCESSES = 4 * PROCESSES;

	/**
	 * Until then a client has seen that its connection was cut, on a busy machine too.
	 */
	private static final long AFTER_KILL_NANOS = Duration.ofSeconds(5).toNanos();

	private static final String STEADY = "steady";

	private static final String KILL = "kill -9 of one process";

	@TempDir
	private Path root;

	private NodeApplication application;

	private Load load;

	private int port;

	private final Map<String, Integer> fired = new LinkedHashMap<>();

	private final List<Kill> kills = new ArrayList<>();

	@Test
	void noRequestFailsWhateverTriggersARecycle() throws Exception {
		Deployment deployment = new Deployment(this.root);
		try (ConfigurableApplicationContext context = start()) {
			this.application = context.getBean(NodeApplicationManager.class).find("app");
			this.port = ((WebServerApplicationContext) context).getWebServer().getPort();
			warmUp();
			this.load = new Load(this.port, STEADY);
			await().pollDelay(Duration.ofSeconds((ROUNDS > 1) ? 30 : 3)).atMost(PATIENCE).until(() -> true);
			for (int i = 0; i < ROUNDS; i++) {
				// Changes of files and others in turn: too many changes of one file in a
				// row look like an application that recycles itself.
				recycle("changed file", deployment::change);
				recycle("actuator", this::askActuator);
				recycle("touched file", deployment::touch);
				recycle("NodeApplication.recycle()", this.application::recycle);
				recycle("file renamed over another", deployment::renameOver);
				recycle("the word recycle on the control pipe", this::askControlPipe);
				recycle("link switched to another release", deployment::switchLink);
				kill();
			}
			this.load.enter("end");
			this.load.stop();
		}
		if (!REPORT.isEmpty()) {
			Files.writeString(Path.of(REPORT), report());
		}
		System.out.println(report());
		check();
	}

	private ConfigurableApplicationContext start() {
		Map<String, Object> settings = new LinkedHashMap<>();
		settings.put("server.port", 0);
		settings.put("server.address", "127.0.0.1");
		settings.put("iisnode.root", this.root);
		settings.put("iisnode.graceful-shutdown-timeout", "6s");
		settings.put("iisnode.applications.app.script", "current/app.js");
		settings.put("iisnode.applications.app.path", "/app/**");
		settings.put("iisnode.applications.app.node-process-count-per-application", PROCESSES);
		// Kills on purpose are no crash loop.
		settings.put("iisnode.applications.app.rapid-fail-limit", 1000);
		settings.put("management.endpoints.web.exposure.include", "iisnode");
		settings.put("management.endpoint.iisnode.access", "unrestricted");
		SpringApplication host = new SpringApplication(BenchmarkApplication.class);
		host.setRegisterShutdownHook(false);
		return host.run(settings.entrySet()
			.stream()
			.map((entry) -> "--" + entry.getKey() + "=" + entry.getValue())
			.toArray(String[]::new));
	}

	private void warmUp() throws IOException {
		try (LoadClient client = new LoadClient(this.port)) {
			client.exchange("GET /app/", "", new byte[0]);
		}
		awaitReady();
	}

	private void awaitReady() {
		await().atMost(PATIENCE)
			.until(() -> processes(NodeProcessState.READY).size() == PROCESSES
					&& this.application.snapshot().processes().size() <= MOST_PROCESSES);
	}

	private List<ProcessSnapshot> processes(NodeProcessState state) {
		return this.application.snapshot().processes().stream().filter((process) -> process.state() == state).toList();
	}

	private void recycle(String name, Action trigger) throws Exception {
		this.load.enter(name);
		int generation = this.application.generation();
		trigger.run();
		await().atMost(PATIENCE).until(() -> this.application.generation() > generation);
		this.fired.merge(name, 1, Integer::sum);
		awaitReady();
	}

	private void askActuator() throws IOException {
		try (LoadClient client = new LoadClient(this.port)) {
			client.exchange("POST /actuator/iisnode/app", "application/json",
					"{\"operation\":\"recycle\"}".getBytes(StandardCharsets.UTF_8));
		}
	}

	private void askControlPipe() throws IOException {
		try (LoadClient client = new LoadClient(this.port)) {
			client.exchange("GET /app/recycle", "", new byte[0]);
		}
	}

	private void kill() {
		this.load.enter(KILL);
		long pid = processes(NodeProcessState.READY).get(0).pid();
		long begin = System.nanoTime();
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
		await().pollInterval(Duration.ofMillis(1))
			.atMost(PATIENCE)
			.until(() -> this.application.snapshot().processes().stream().noneMatch((process) -> process.pid() == pid));
		this.kills.add(new Kill(begin, System.nanoTime()));
		this.fired.merge(KILL, 1, Integer::sum);
		awaitReady();
	}

	private void check() {
		List<Load.Failure> failures = this.load.failures();
		assertThat(failures.stream().filter((failure) -> !isOfKilledProcess(failure))).isEmpty();
		// Each client has one request at a time.
		assertThat(failures.size()).isLessThanOrEqualTo(this.load.clients() * ROUNDS);
		assertThat(this.fired).hasSize(8).allSatisfy((name, times) -> assertThat(times).isEqualTo(ROUNDS));
		for (Load.Kind kind : Load.Kind.values()) {
			if (kind != Load.Kind.EVENTS) {
				assertThat(this.load.tally(STEADY, kind).count()).as(kind.name()).isPositive();
			}
		}
	}

	/**
	 * Whether a request may have been in a process when it was killed: it had begun
	 * before the end of the process was known, and failed after the kill.
	 */
	private boolean isOfKilledProcess(Load.Failure failure) {
		return this.kills.stream()
			.anyMatch((kill) -> kill.gone() - failure.begin() > 0 && failure.end() - kill.begin() > 0
					&& failure.end() - kill.gone() < AFTER_KILL_NANOS);
	}

	private String report() {
		return new Report(this.load, this.fired, STEADY, KILL, this::isOfKilledProcess).text();
	}

	/**
	 * A process that was killed.
	 *
	 * @param begin when
	 * @param gone when its end was known
	 */
	record Kill(long begin, long gone) {
	}

	/**
	 * Something that leads to a recycle.
	 */
	@FunctionalInterface
	interface Action {

		void run() throws IOException;

	}

}
