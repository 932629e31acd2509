package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.HeldRequest;
import io.iisnode.process.NodeProcessState;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * Queue and throttle, with real processes.
 */
class QueueIntegrationTests {

	/**
	 * Counts for itself how many requests it has at a time.
	 */
	private static final String COUNTING = """
			let active = 0;
			require('http').createServer((req, res) => {
				const now = ++active;
				setTimeout(() => {
					active--;
					res.end(process.pid + ' ' + now);
				}, now % 3);
			}).listen(process.env.PORT);
			""";

	/**
	 * Listens when a file is there.
	 */
	private static final String LATE = """
			const { existsSync } = require('fs');
			const server = require('http').createServer((req, res) => res.end(req.url));
			const timer = setInterval(() => {
				if (existsSync('go')) {
					clearInterval(timer);
					server.listen(process.env.PORT);
				}
			}, 5);
			""";

	/**
	 * Ends its responses by the end of the connection.
	 */
	private static final String CLOSING = """
			require('http').createServer((req, res) =>
				req.socket.end('HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\nbye')).listen(process.env.PORT);
			""";

	private static final int CLIENTS = 24;

	private static final int REQUESTS = 60;

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		NodeHost.Builder builder = NodeHost.in(root).script("load/app.js", COUNTING).script("late/app.js", LATE);
		for (String name : List.of("fifo", "newcomers", "bounded", "none", "impatient", "leaving")) {
			builder.script(name + "/app.js", HeldRequest.SCRIPT)
				.application(name, name + "/app.js", "/" + name + "/**")
				.with("iisnode.applications." + name + ".max-concurrent-requests-per-process", 1);
		}
		host = builder.script("closing/app.js", CLOSING)
			.application("closing", "closing/app.js", "/closing/**")
			.with("iisnode.applications.closing.max-concurrent-requests-per-process", 1)
			.with("iisnode.applications.closing.max-pending-requests-per-application", 0)
			.application("load", "load/app.js", "/load/**")
			.with("iisnode.applications.load.node-process-count-per-application", 2)
			.with("iisnode.applications.load.max-concurrent-requests-per-process", 3)
			.application("late", "late/app.js", "/late/**")
			.with("iisnode.applications.late.max-pending-requests-per-application", 2)
			.with("iisnode.applications.bounded.max-pending-requests-per-application", 2)
			.with("iisnode.applications.none.max-pending-requests-per-application", 0)
			.with("iisnode.applications.impatient.max-pending-time", "1s")
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static void awaitPending(String application, int count) {
		await().until(() -> host.snapshot(application).pendingRequests() == count);
	}

	private static void awaitActive(String application, int count) {
		await().until(() -> host.snapshot(application).activeRequests() == count);
	}

	private static HeldRequest queued(String application, String path) {
		int before = host.snapshot(application).pendingRequests();
		HeldRequest request = HeldRequest.send(host, "/" + application + path);
		awaitPending(application, before + 1);
		return request;
	}

	private static void assertUnavailable(RawResponse response) {
		assertThat(response.status()).isEqualTo(503);
		assertThat(Integer.parseInt(response.header("Retry-After").orElseThrow())).isPositive();
	}

	@Test
	void aProcessNeverHasMoreThanItsLimitUnderHeavyParallelLoadAndAllAreServed() throws Exception {
		Map<String, AtomicInteger> most = new ConcurrentHashMap<>();
		Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
		Racers.run(CLIENTS, () -> {
			try (RawClient client = host.connect()) {
				for (int i = 0; i < REQUESTS; i++) {
					RawResponse response = client.get("/load/" + i);
					statuses.add(response.status());
					String[] parts = response.body().split(" ");
					most.computeIfAbsent(parts[0], (pid) -> new AtomicInteger())
						.accumulateAndGet(Integer.parseInt(parts[1]), Math::max);
				}
			}
		});
		assertThat(statuses).hasSize(CLIENTS * REQUESTS).containsOnly(200);
		assertThat(most).as("both processes").hasSize(2);
		assertThat(most.values()).as("the limit, and no more").allMatch((count) -> count.get() == 3);
		awaitActive("load", 0);
		ApplicationSnapshot snapshot = host.snapshot("load");
		assertThat(snapshot.pendingRequests()).isZero();
		assertThat(snapshot.totalRequests()).isEqualTo(CLIENTS * REQUESTS);
	}

	@Test
	void whoWaitsIsServedInTheOrderOfArrival() {
		List<HeldRequest> requests = new ArrayList<>();
		requests.add(HeldRequest.begin(host, "/fifo/0"));
		for (int i = 1; i <= 6; i++) {
			requests.add(queued("fifo", "/" + i));
		}
		int first = requests.get(0).number();
		for (int i = 0; i <= 6; i++) {
			assertThat(requests.get(i).number()).isEqualTo(first + i);
			assertThat(host.snapshot("fifo").activeRequests()).isEqualTo(1);
			assertThat(requests.get(i).finish()).isTrue();
		}
		awaitActive("fifo", 0);
	}

	@Test
	void aFreedSlotGoesToTheHeadOfTheQueueAndNewcomersNeverOvertake() throws Exception {
		for (int round = 0; round < 10; round++) {
			HeldRequest active = HeldRequest.begin(host, "/newcomers/active");
			HeldRequest head = queued("newcomers", "/head");
			Racers.Task newcomer = () -> {
				for (int i = 0; i < 3; i++) {
					assertThat(host.get("/newcomers/new").status()).isEqualTo(200);
				}
			};
			Racers.run(List.of(newcomer, newcomer, newcomer, () -> {
				assertThat(active.finish()).isTrue();
				assertThat(head.number()).isEqualTo(active.number() + 1);
				assertThat(head.finish()).isTrue();
			}));
		}
	}

	@Test
	void aFullQueueAnswers503AndTakesTheNextOneWhenThereIsRoom() {
		HeldRequest active = HeldRequest.begin(host, "/bounded/0");
		HeldRequest one = queued("bounded", "/1");
		HeldRequest two = queued("bounded", "/2");
		long before = host.snapshot("bounded").rejectedRequests();
		assertUnavailable(host.get("/bounded/refused"));
		assertThat(host.snapshot("bounded").rejectedRequests()).isEqualTo(before + 1);
		assertThat(host.snapshot("bounded").pendingRequests()).isEqualTo(2);
		assertThat(active.finish()).isTrue();
		assertThat(one.status()).isEqualTo(200);
		HeldRequest three = queued("bounded", "/3");
		assertThat(one.finish()).isTrue();
		assertThat(two.finish()).isTrue();
		assertThat(three.finish()).isTrue();
		assertThat(host.get("/bounded/seen").body()).doesNotContain("refused");
	}

	@Test
	void withAQueueOfZeroNobodyWaits() {
		// The first one finds no process yet, but starts it.
		await().until(() -> host.get("/none/first").status() == 200);
		for (int i = 0; i < 20; i++) {
			assertThat(host.get("/none/" + i).status()).isEqualTo(200);
		}
		HeldRequest active = HeldRequest.begin(host, "/none/active");
		assertUnavailable(host.get("/none/refused"));
		assertThat(active.finish()).isTrue();
		assertThat(host.get("/none/again").status()).isEqualTo(200);
	}

	@Test
	void aResponseThatEndsWithItsConnectionLeavesItsSlotAtOnce() {
		host.application("closing").start(1).block();
		for (int i = 0; i < 10; i++) {
			assertThat(host.get("/closing/" + i).body()).isEqualTo("bye");
		}
	}

	@Test
	void aWaitLongerThanTheLimitEndsWith503AndLeavesTheQueue() {
		host.application("impatient").start();
		await().until(() -> host.snapshot("impatient").processes().get(0).state() == NodeProcessState.READY);
		HeldRequest active = HeldRequest.begin(host, "/impatient/active");
		HeldRequest waiting = queued("impatient", "/waiting");
		assertUnavailable(waiting.head());
		assertThat(host.snapshot("impatient").pendingRequests()).isZero();
		assertThat(active.finish()).isTrue();
		assertThat(host.get("/impatient/seen").body()).doesNotContain("waiting");
	}

	@Test
	void aClientThatGoesAwayLeavesTheQueueAtOnceAndItsRequestIsNeverDelivered() {
		HeldRequest active = HeldRequest.begin(host, "/leaving/active");
		RawClient leaving = host.connect().send("GET /leaving/leaving HTTP/1.1\r\nHost: test\r\n\r\n");
		awaitPending("leaving", 1);
		leavesTheQueue(active, leaving, "/leaving/leaving");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS,
			disabledReason = "the JDK's sockets tell of a close only while somebody reads, and nobody reads a body that waits")
	void aClientThatGoesAwayInItsBodyLeavesTheQueueAtOnce() {
		HeldRequest active = HeldRequest.begin(host, "/leaving/active");
		HeldRequest leaving = queued("leaving", "/partial");
		leavesTheQueue(active, leaving, "/leaving/partial");
	}

	private static void leavesTheQueue(HeldRequest active, AutoCloseable leaving, String path) {
		HeldRequest staying = queued("leaving", "/staying");
		assertThatNoException().isThrownBy(leaving::close);
		awaitPending("leaving", 1);
		assertThat(active.finish()).isTrue();
		assertThat(staying.finish()).isTrue();
		awaitActive("leaving", 0);
		assertThat(host.get("/leaving/seen").body()).contains("staying").doesNotContain(path);
	}

	@Test
	void requestsThatWaitWhileProcessesStartCountAndAreServedWhenTheyListen() throws IOException {
		try (RawClient one = host.connect(); RawClient two = host.connect()) {
			one.send("GET /late/1 HTTP/1.1\r\nHost: test\r\n\r\n");
			two.send("GET /late/2 HTTP/1.1\r\nHost: test\r\n\r\n");
			awaitPending("late", 2);
			assertUnavailable(host.get("/late/3"));
			Files.createFile(root.resolve("late/go"));
			Set<String> bodies = List.of(one.response(), two.response())
				.stream()
				.map(RawResponse::body)
				.collect(Collectors.toSet());
			assertThat(bodies).containsExactlyInAnyOrder("/late/1", "/late/2");
		}
	}

}
