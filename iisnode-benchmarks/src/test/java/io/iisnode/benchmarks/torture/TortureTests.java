package io.iisnode.benchmarks.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

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
 * No request fails while an application is recycled in every way, and while single
 * processes are replaced for every reason. If one is killed, only those fail that it
 * worked on: each failed request tells its process.
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

	private static final String STEADY = "steady";

	private static final String KILL = "kill -9 of one process";

	/**
	 * Reasons for which requests have to wait: until a process comes back or another has
	 * started.
	 */
	private static final Set<String> WAITING = Set.of(KILL, Limit.DELAY.setting(), Limit.IDLE.setting());

	@TempDir
	private Path root;

	private NodeApplication application;

	private Load load;

	private int port;

	private final Map<String, Integer> fired = new LinkedHashMap<>();

	private final Set<Long> killed = new HashSet<>();

	private final Random random = new Random(1);

	private NodeApplicationManager manager;

	@Test
	void noRequestFailsWhateverTriggersARecycle() throws Exception {
		Deployment deployment = new Deployment(this.root);
		for (Limit limit : Limit.values()) {
			limit.deploy(this.root);
		}
		try (ConfigurableApplicationContext context = start()) {
			this.manager = context.getBean(NodeApplicationManager.class);
			this.application = this.manager.find("app");
			this.port = ((WebServerApplicationContext) context).getWebServer().getPort();
			get("/app/");
			awaitReady(this.application);
			this.load = new Load(this.port, STEADY, "/app");
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
				recycleOne();
				for (Limit limit : Limit.values()) {
					exceed(limit);
				}
				kill();
				writeReport();
			}
			this.load.enter("end", "/app");
			this.load.stop();
		}
		writeReport();
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
		settings.put("iisnode.node-process-count-per-application", PROCESSES);
		// What is done on purpose is no crash loop.
		settings.put("iisnode.rapid-fail-limit", 1000);
		// The error page tells the process.
		settings.put("iisnode.dev-errors-enabled", true);
		for (Limit limit : Limit.values()) {
			limit.addTo(settings);
		}
		settings.put("management.endpoints.web.exposure.include", "iisnode");
		settings.put("management.endpoint.iisnode.access", "unrestricted");
		SpringApplication host = new SpringApplication(BenchmarkApplication.class);
		host.setRegisterShutdownHook(false);
		return host.run(settings.entrySet()
			.stream()
			.map((entry) -> "--" + entry.getKey() + "=" + entry.getValue())
			.toArray(String[]::new));
	}

	private void get(String target) throws IOException {
		try (LoadClient client = new LoadClient(this.port)) {
			client.exchange("GET " + target, "", new byte[0]);
		}
	}

	private static void awaitReady(NodeApplication application) {
		await().atMost(PATIENCE)
			.until(() -> ready(application).size() == PROCESSES
					&& application.snapshot().processes().size() <= MOST_PROCESSES);
	}

	private static List<Long> ready(NodeApplication application) {
		return application.snapshot()
			.processes()
			.stream()
			.filter((process) -> process.state() == NodeProcessState.READY)
			.map(ProcessSnapshot::pid)
			.toList();
	}

	private void recycle(String name, Action trigger) throws Exception {
		this.load.enter(name, "/app");
		int generation = this.application.generation();
		trigger.run();
		await().atMost(PATIENCE).until(() -> this.application.generation() > generation);
		this.fired.merge(name, 1, Integer::sum);
		awaitReady(this.application);
	}

	private void askActuator() throws IOException {
		try (LoadClient client = new LoadClient(this.port)) {
			client.exchange("POST /actuator/iisnode/app", "application/json",
					"{\"operation\":\"recycle\"}".getBytes(StandardCharsets.UTF_8));
		}
	}

	private void askControlPipe() throws IOException {
		get("/app/recycle");
	}

	private void recycleOne() throws IOException {
		String name = "one process by the actuator";
		this.load.enter(name, "/app");
		long pid = ready(this.application).get(0);
		try (LoadClient client = new LoadClient(this.port)) {
			client.exchange("POST /actuator/iisnode/app/processes/" + pid, "application/json",
					"{\"operation\":\"recycle\"}".getBytes(StandardCharsets.UTF_8));
		}
		await().atMost(PATIENCE).until(() -> !ready(this.application).contains(pid));
		this.fired.merge(name, 1, Integer::sum);
		awaitReady(this.application);
	}

	private void exceed(Limit limit) throws IOException {
		NodeApplication limited = this.manager.find(limit.application());
		get(limit.path() + "/");
		if (limit == Limit.IDLE) {
			// Without requests they would end too early.
			this.load.enter(limit.setting(), limit.path());
		}
		awaitReady(limited);
		List<Long> before = ready(limited);
		assertThat(before).isNotEmpty();
		this.load.enter(limit.setting(), limit.path());
		try (LoadClient client = new LoadClient(this.port)) {
			limit.provoke(client);
		}
		await().atMost(PATIENCE).until(() -> {
			if (limit == Limit.IDLE) {
				comeAgain();
			}
			return !limited.snapshot().processes().stream().map(ProcessSnapshot::pid).toList().containsAll(before);
		});
		this.fired.merge(limit.setting(), 1, Integer::sum);
		this.load.enter("between", "/app");
	}

	/**
	 * No requests for a while, then many, at about the moment at which the processes are
	 * found to be idle.
	 */
	private void comeAgain() throws InterruptedException {
		this.load.pause();
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(this.load::isQuiet);
		Thread.sleep(Limit.IDLE_MILLIS - 100 + this.random.nextInt(300));
		this.load.resume();
	}

	private void kill() {
		this.load.enter(KILL, "/app");
		long pid = ready(this.application).get(0);
		this.killed.add(pid);
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
		await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(() -> !ready(this.application).contains(pid));
		this.fired.merge(KILL, 1, Integer::sum);
		awaitReady(this.application);
	}

	private void check() {
		List<Load.Failure> failures = this.load.failures();
		assertThat(failures.stream().filter((failure) -> !isOfKilledProcess(failure))).isEmpty();
		// Each client has one request at a time.
		assertThat(failures.size()).isLessThanOrEqualTo(this.load.clients() * ROUNDS);
		assertThat(this.fired).hasSize(9 + Limit.values().length)
			.allSatisfy((name, times) -> assertThat(times).isEqualTo(ROUNDS));
		for (Load.Kind kind : Load.Kind.values()) {
			if (kind != Load.Kind.EVENTS) {
				assertThat(this.load.tally(STEADY, kind).count()).as(kind.name()).isPositive();
			}
		}
	}

	private boolean isOfKilledProcess(Load.Failure failure) {
		return this.killed.contains(failure.pid());
	}

	/**
	 * After each round, so that a long run that is ended early has told something.
	 */
	private void writeReport() throws IOException {
		if (!REPORT.isEmpty()) {
			Files.writeString(Path.of(REPORT), report());
		}
	}

	private String report() {
		return new Report(this.load, this.fired, STEADY, KILL, WAITING, this::isOfKilledProcess).text();
	}

	/**
	 * Something that leads to a recycle.
	 */
	@FunctionalInterface
	interface Action {

		void run() throws IOException;

	}

}
