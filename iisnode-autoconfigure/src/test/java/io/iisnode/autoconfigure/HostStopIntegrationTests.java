package io.iisnode.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.iisnode.application.NodeApplicationManager;
import io.iisnode.application.NodeApplicationState;
import io.iisnode.testing.Footprint;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;
import io.iisnode.testing.Streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How a host stops, with real clients and processes.
 */
@ExtendWith(OutputCaptureExtension.class)
class HostStopIntegrationTests {

	private static final int CLIENTS = 20;

	/**
	 * Answers at once and stores what it is sent.
	 */
	private static final String EARLY = """
			const server = require('http').createServer((req, res) => {
			  let body = '';
			  req.on('data', (piece) => { body += piece; });
			  req.on('end', () => require('fs').writeFileSync('upload.txt', body));
			  res.end('accepted');
			});
			server.keepAliveTimeout = 60000;
			server.listen(process.env.PORT);
			""";

	/**
	 * Far below the 30 s that the web server would wait for a stream that never ends, and
	 * above what a busy machine needs.
	 */
	private static final Duration SOON = Duration.ofSeconds(15);

	@TempDir
	private Path root;

	private NodeHost.Builder host() {
		return NodeHost.in(this.root)
			.script("app/app.js", Streams.SCRIPT)
			.application("app", "app/app.js", "/app/**")
			.with("iisnode.pipe-directory", pipes())
			.with("iisnode.graceful-shutdown-timeout", "60s");
	}

	private Path pipes() {
		return this.root.resolve("pipes");
	}

	private static Duration timeToClose(NodeHost host) {
		long begin = System.nanoTime();
		host.close();
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	@Test
	void streamsOfEventsAndIdleConnectionsDoNotHoldItUp(CapturedOutput output) throws Exception {
		NodeHost host = host().sources(Observer.class).start();
		List<RawClient> clients = new ArrayList<>();
		List<CompletableFuture<RawResponse>> events = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			RawClient stream = host.connect();
			clients.add(stream);
			events.add(Streams.read(stream, "/app/events"));
			RawClient idle = host.connect();
			clients.add(idle);
			assertThat(idle.get("/app/").status()).isEqualTo(200);
		}
		AtomicInteger streamsWhenRefusing = host.context().getBean(Observer.class).streams;
		Duration taken = timeToClose(host);
		assertThat(taken).isLessThan(SOON);
		assertThat(streamsWhenRefusing).as("first, readiness goes down").hasValue(CLIENTS);
		for (CompletableFuture<RawResponse> response : events) {
			assertThat(response.get(20, TimeUnit.SECONDS).complete()).as("an end in order").isTrue();
		}
		assertThat(clients).allMatch(RawClient::isClosedByPeer);
		assertThat(output).doesNotContain("Shutdown phase");
		clients.forEach(RawClient::close);
	}

	@Test
	void aResponseThatIsOnItsWayComesWholeAndIsTheLastOnItsConnection() throws Exception {
		NodeHost host = host().start();
		try (RawClient client = host.connect()) {
			client.send("POST /app/silent HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\n");
			await().until(() -> host.snapshot("app").activeRequests() == 1);
			CompletableFuture<Void> closing = CompletableFuture.runAsync(host::close);
			await().until(() -> host.application("app").isHostStopping());
			RawResponse response = client.send("x").response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("done");
			assertThat(response.header("Connection")).contains("close");
			assertThat(client.isClosedByPeer()).isTrue();
			closing.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void aResponseWithoutEndIsCutBeforeTheTimeOfTheWebServerIsUsedUp(CapturedOutput output) throws Exception {
		NodeHost host = host().with("spring.lifecycle.timeout-per-shutdown-phase", "6s").start();
		try (RawClient client = host.connect()) {
			CompletableFuture<RawResponse> endless = Streams.read(client, "/app/endless");
			Duration taken = timeToClose(host);
			assertThat(taken).as("it had its chance to end").isGreaterThan(Duration.ofSeconds(4));
			assertThat(endless.get(20, TimeUnit.SECONDS).complete()).isFalse();
			assertThat(output).doesNotContain("Shutdown phase");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anUploadThatGoesOnBehindItsAnswerMayEndWhileThereIsTime(boolean ends, CapturedOutput output) throws Exception {
		NodeHost host = host().with("spring.lifecycle.timeout-per-shutdown-phase", "6s")
			.script("early.js", EARLY)
			.application("early", "early.js", "/early")
			.start();
		try (RawClient client = host.connect()) {
			client.send("POST /early HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhello");
			assertThat(client.response().body()).isEqualTo("accepted");
			CompletableFuture<Duration> closing = CompletableFuture.supplyAsync(() -> timeToClose(host));
			await().until(() -> host.application("early").isHostStopping());
			if (ends) {
				client.send("world");
			}
			assertThat(closing.get(30, TimeUnit.SECONDS)).isLessThan(SOON);
			assertThat(client.isClosedByPeer()).isTrue();
			assertThat(this.root.resolve("upload.txt").toFile().exists()).isEqualTo(ends);
			assertThat(output).doesNotContain("Shutdown phase");
		}
	}

	@Test
	void aContextThatWasStoppedCanBeStartedAgain() throws Exception {
		try (NodeHost host = host().script("found.js", Streams.SCRIPT).with("iisnode.watched-files", "*.js").start()) {
			for (int i = 0; i < 2; i++) {
				String pid = host.get("/app/").body();
				String found = host.get("/found.js").body();
				host.context().stop();
				assertThat(host.application("app").state()).isEqualTo(NodeApplicationState.DISPOSED);
				assertThat(List.of(pid, found)).noneMatch(HostStopIntegrationTests::isAlive);
				host.context().start();
				assertThat(host.application("app").state()).isEqualTo(NodeApplicationState.ACTIVE);
				assertThat(host.get("/app/").body()).isNotEqualTo(pid).containsOnlyDigits();
				assertThat(host.get("/found.js").body()).isNotEqualTo(found).containsOnlyDigits();
			}
			Files.writeString(this.root.resolve("app/app.js"), Streams.SCRIPT + "// changed");
			await().atMost(SOON).until(() -> host.snapshot("app").recycles() == 1);
			try (RawClient client = host.connect()) {
				assertThat(client.get("/app/").header("Connection")).isEmpty();
			}
		}
	}

	private static boolean isAlive(String pid) {
		return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isPresent();
	}

	@Test
	void contextsOneAfterAnotherLeaveNothing() throws Exception {
		useAndClose();
		Footprint before = Footprint.of(pipes());
		for (int i = 0; i < 5; i++) {
			useAndClose();
		}
		before.awaitNoMore(pipes());
	}

	private void useAndClose() throws Exception {
		NodeHost host = host().with("iisnode.watched-files", "**/*.js").start();
		try (RawClient stream = host.connect(); RawClient idle = host.connect()) {
			CompletableFuture<RawResponse> events = Streams.read(stream, "/app/events");
			assertThat(idle.get("/app/").status()).isEqualTo(200);
			assertThat(timeToClose(host)).isLessThan(SOON);
			assertThat(events.get(20, TimeUnit.SECONDS).complete()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource(Scenario.class)
	void nothingIsLeftBehindByWhatHappensToTheProcesses(Scenario scenario) throws Exception {
		try (NodeHost host = host().with("iisnode.rapid-fail-limit", 1000).start()) {
			assertThat(host.get("/app/").status()).isEqualTo(200);
			scenario.happen(host);
			// Each loop of the web server keeps a connection to the process.
			for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
				assertThat(host.get("/app/").status()).isEqualTo(200);
			}
			Footprint before = Footprint.of(pipes());
			for (int i = 0; i < 5; i++) {
				scenario.happen(host);
				assertThat(host.get("/app/").status()).isEqualTo(200);
			}
			before.awaitNoMore(pipes());
		}
	}

	/**
	 * What may happen to the processes of an application.
	 */
	enum Scenario {

		RECYCLE {
			@Override
			void happen(NodeHost host) {
				int generation = host.application("app").generation();
				host.application("app").recycle();
				await().atMost(SOON).until(() -> host.application("app").generation() > generation && isQuiet(host));
			}
		},

		BROKEN_RELEASE {
			@Override
			void happen(NodeHost host) throws Exception {
				Path script = host.root().resolve("app/app.js");
				Files.writeString(script, "throw new Error('broken');");
				host.application("app").recycle();
				await().atMost(SOON).until(() -> isQuiet(host));
				Files.writeString(script, Streams.SCRIPT);
			}
		},

		CRASH {
			@Override
			void happen(NodeHost host) {
				long pid = host.snapshot("app").processes().get(0).pid();
				ProcessHandle.of(pid).orElseThrow().destroyForcibly();
				await().atMost(SOON)
					.until(() -> host.snapshot("app")
						.processes()
						.stream()
						.noneMatch((process) -> process.pid() == pid));
			}
		},

		STOP_AND_START {
			@Override
			void happen(NodeHost host) {
				host.context().stop();
				host.context().start();
			}
		};

		abstract void happen(NodeHost host) throws Exception;

		private static boolean isQuiet(NodeHost host) {
			return host.application("app").state() == NodeApplicationState.ACTIVE;
		}

	}

	/**
	 * Notes how many streams are open when the host is said to take no more requests.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Observer {

		private final AtomicInteger streams = new AtomicInteger(-1);

		@Bean
		ApplicationListener<AvailabilityChangeEvent<ReadinessState>> readinessListener(NodeApplicationManager manager) {
			return (event) -> {
				if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
					this.streams.set(manager.applications()
						.stream()
						.mapToInt((application) -> application.snapshot().activeRequests())
						.sum());
				}
			};
		}

	}

}
