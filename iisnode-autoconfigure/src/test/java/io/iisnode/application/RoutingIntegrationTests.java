package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.HeldRequest;
import io.iisnode.process.NodeProcessState;
import io.iisnode.process.ProcessSnapshot;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Which process gets a request, with real processes.
 */
class RoutingIntegrationTests {

	/**
	 * One of its processes, and only one, waits for a file before it listens.
	 */
	private static final String ONE_IS_SLOW = """
			const { existsSync, openSync } = require('fs');
			const server = require('http').createServer((req, res) => {
				res.writeHead(200, { 'X-Pid': process.pid });
				res.end();
			});
			const listen = () => server.listen(process.env.PORT);
			try {
				openSync('slow', 'wx');
				const timer = setInterval(() => {
					if (existsSync('go')) {
						clearInterval(timer);
						listen();
					}
				}, 5);
			} catch {
				listen();
			}
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		NodeHost.Builder builder = NodeHost.in(root).script("slow/app.js", ONE_IS_SLOW);
		for (String name : List.of("turns", "least", "demand", "zero")) {
			builder.script(name + "/app.js", HeldRequest.SCRIPT);
		}
		for (String name : List.of("turns", "least", "demand", "zero", "slow")) {
			builder.application(name, name + "/app.js", "/" + name + "/**")
				.with("iisnode.applications." + name + ".node-process-count-per-application", 3);
		}
		host = builder.with("iisnode.applications.least.process-selection", "least-active")
			.with("iisnode.applications.demand.process-activation", "on-demand")
			.with("iisnode.applications.demand.max-concurrent-requests-per-process", 1)
			.with("iisnode.applications.zero.node-process-count-per-application", 0)
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static long pid(String path) {
		RawResponse response = host.get(path);
		assertThat(response.status()).isEqualTo(200);
		return Long.parseLong(response.header("X-Pid").orElseThrow());
	}

	private static List<Long> pids(String path, int requests) {
		List<Long> pids = new ArrayList<>();
		for (int i = 0; i < requests; i++) {
			pids.add(pid(path));
		}
		return pids;
	}

	private static void assertStrictTurns(List<Long> pids) {
		assertThat(pids.subList(0, 3)).doesNotHaveDuplicates();
		for (int i = 3; i < pids.size(); i++) {
			assertThat(pids.get(i)).as("request %s of %s", i, pids).isEqualTo(pids.get(i - 3));
		}
	}

	private static List<ProcessSnapshot> processes(String application) {
		return host.snapshot(application).processes();
	}

	@Test
	void turnsAreStrictFromTheFirstRequestOnAfterActivationAndAfterARecycle() {
		List<Long> first = pids("/turns/", 12);
		assertStrictTurns(first);
		assertThat(processes("turns")).extracting(ProcessSnapshot::pid)
			.containsExactlyInAnyOrderElementsOf(first.subList(0, 3));
		NodeApplication application = host.application("turns");
		application.recycle();
		await().until(() -> application.snapshot().generation() == 2);
		List<Long> second = pids("/turns/", 12);
		assertStrictTurns(second);
		assertThat(second).doesNotContainAnyElementsOf(first);
	}

	@Test
	void allProcessesStartWithTheFirstRequest() {
		host.get("/least/");
		assertThat(processes("least")).hasSize(3)
			.extracting(ProcessSnapshot::state)
			.containsOnly(NodeProcessState.READY);
	}

	@Test
	void leastActiveAvoidsBusyProcesses() {
		HeldRequest one = HeldRequest.begin(host, "/least/1");
		HeldRequest two = HeldRequest.begin(host, "/least/2");
		assertThat(two.pid()).isNotEqualTo(one.pid());
		long idle = pid("/least/3");
		assertThat(idle).isNotIn(one.pid(), two.pid());
		assertThat(pids("/least/4", 5)).as("others have one already").containsOnly(idle);
		HeldRequest three = HeldRequest.begin(host, "/least/5");
		assertThat(three.pid()).isEqualTo(idle);
		assertThat(two.finish()).isTrue();
		await().until(() -> host.snapshot("least").activeRequests() == 2);
		assertThat(pids("/least/6", 3)).containsOnly(two.pid());
		assertThat(one.finish()).isTrue();
		assertThat(three.finish()).isTrue();
	}

	@Test
	void onDemandStartsOneAndMoreOnlyWhenAllAreFullUpToTheirNumber() {
		long first = pid("/demand/");
		assertThat(pids("/demand/", 5)).containsOnly(first);
		assertThat(processes("demand")).hasSize(1);
		HeldRequest one = HeldRequest.begin(host, "/demand/1");
		assertThat(one.pid()).isEqualTo(first);
		HeldRequest two = HeldRequest.begin(host, "/demand/2");
		assertThat(processes("demand")).hasSize(2);
		HeldRequest three = HeldRequest.begin(host, "/demand/3");
		assertThat(processes("demand")).hasSize(3);
		HeldRequest four = HeldRequest.send(host, "/demand/4");
		await().until(() -> host.snapshot("demand").pendingRequests() == 1);
		assertThat(processes("demand")).hasSize(3);
		assertThat(List.of(one.pid(), two.pid(), three.pid())).doesNotHaveDuplicates();
		assertThat(two.finish()).isTrue();
		assertThat(four.pid()).isEqualTo(two.pid());
		assertThat(List.of(one, three, four)).allMatch(HeldRequest::finish);
	}

	@Test
	void othersWaitForASlowerProcessNoLongerThanOneSecond() throws IOException {
		long begin = System.nanoTime();
		List<Long> two = pids("/slow/", 6);
		// Once all others listen, which the start of two processes may take.
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
		assertThat(two).containsOnly(two.get(0), two.get(1)).doesNotContainSequence(two.get(0), two.get(0));
		assertThat(processes("slow")).extracting(ProcessSnapshot::state)
			.containsExactlyInAnyOrder(NodeProcessState.READY, NodeProcessState.READY, NodeProcessState.STARTING);
		Files.createFile(root.resolve("slow/go"));
		await()
			.until(() -> processes("slow").stream().allMatch((process) -> process.state() == NodeProcessState.READY));
		assertStrictTurns(pids("/slow/", 9));
	}

	@Test
	void aNumberOfZeroIsOneProcessPerProcessor() {
		host.get("/zero/");
		assertThat(processes("zero")).hasSize(Runtime.getRuntime().availableProcessors());
	}

}
