package io.iisnode.web;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.application.ApplicationSnapshot;
import io.iisnode.process.NodeProcessState;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * <code>process-selection: sticky</code>.
 */
class StickySessionsIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final String SECRET = "a secret that hosts share";

	/**
	 * Tells which process it is; /hold answers never.
	 */
	private static final String SCRIPT = """
			require('http').createServer((req, res) => req.url.endsWith('/hold') || res.end(String(process.pid)))
			  .listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.script("pid.js", SCRIPT)
			.with("iisnode.node-process-count-per-application", 3)
			.with("iisnode.process-selection", "sticky")
			.with("iisnode.sticky-secret", SECRET)
			.application("own", "pid.js", "/own/**")
			.application("other", "pid.js", "/other/**")
			.with("iisnode.applications.other.sticky-secret", "another secret, of another host")
			.application("narrow", "pid.js", "/narrow/**")
			.with("iisnode.applications.narrow.max-concurrent-requests-per-process", 1)
			.with("iisnode.applications.narrow.sticky-cookie-name", "tie")
			.application("field", "pid.js", "/field/**")
			.with("iisnode.applications.field.sticky-key", "header:X-User")
			.application("query", "pid.js", "/query/**")
			.with("iisnode.applications.query.sticky-key", "query:room")
			.application("foreign", "pid.js", "/foreign/**")
			.with("iisnode.applications.foreign.sticky-cookie-same-site", "none")
			.with("iisnode.applications.foreign.node-process-count-per-application", 1)
			.application("strict", "pid.js", "/strict/**")
			.with("iisnode.applications.strict.sticky-cookie-same-site", "strict")
			.with("iisnode.applications.strict.node-process-count-per-application", 1)
			.application("cookie", "pid.js", "/cookie/**")
			.with("iisnode.applications.cookie.sticky-key", "cookie:SESSION")
			.start();
		for (String application : List.of("own", "other", "narrow", "field", "query", "cookie")) {
			host.application(application).start();
		}
		for (String application : List.of("own", "other", "narrow", "field", "query", "cookie")) {
			awaitAll(application);
		}
	}

	/**
	 * Until a slow process is ready, others stand in for it.
	 */
	private static void awaitAll(String application) {
		Awaitility.await().atMost(LIMIT).until(() -> {
			ApplicationSnapshot snapshot = host.snapshot(application);
			return snapshot.processes()
				.stream()
				.filter((process) -> process.generation() == snapshot.generation()
						&& process.state() == NodeProcessState.READY)
				.count() == 3;
		});
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static RawResponse get(String path, String... fields) {
		try (RawClient client = host.connect()) {
			return client
				.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields)
						+ ((fields.length > 0) ? "\r\n\r\n" : "\r\n"))
				.response();
		}
	}

	private static String cookie(RawResponse response) {
		return "Cookie: x=y; " + response.header("Set-Cookie").orElseThrow().split(";")[0];
	}

	@Test
	void clientStaysWithItsProcess() {
		Set<String> processes = new HashSet<>();
		for (int i = 0; i < 3; i++) {
			RawResponse first = get("/own/a");
			String cookie = cookie(first);
			processes.add(first.body());
			for (int j = 0; j < 4; j++) {
				RawResponse next = get("/own/a", cookie);
				assertThat(next.body()).isEqualTo(first.body());
				assertThat(next.header("Set-Cookie")).isEmpty();
			}
		}
		assertThat(processes).as("clients take turns").hasSize(3);
	}

	@Test
	void cookieIsSafe() {
		String cookie = get("/own/a").header("Set-Cookie").orElseThrow();
		assertThat(cookie)
			.matches("iisnode-own=[0-2]\\.[A-Za-z0-9_-]{12}\\.[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax");
		assertThat(get("/narrow/a").header("Set-Cookie").orElseThrow()).startsWith("tie=");
	}

	@Test
	void cookieForPagesOfOtherSitesIsSecure() {
		assertThat(get("/foreign/a").header("Set-Cookie").orElseThrow())
			.endsWith("; Path=/; Secure; HttpOnly; SameSite=None");
		assertThat(get("/strict/a").header("Set-Cookie").orElseThrow()).endsWith("; Path=/; HttpOnly; SameSite=Strict");
	}

	@Test
	void forgedCookieTiesNobodyAndIsReplaced() {
		String good = cookie(get("/own/a"));
		char slot = good.charAt(good.indexOf("iisnode-own=") + 12);
		for (String forged : List.of(good.replace("own=" + slot, "own=" + ((slot == '0') ? '1' : '0')), good + "x",
				good.substring(0, good.length() - 1), "Cookie: iisnode-own=0", "Cookie: iisnode-own=0.a.b",
				"Cookie: iisnode-own=...", "Cookie: iisnode-own=-1.a.b", "Cookie: iisnode-own=99999999999.a.b",
				cookie(get("/other/a")).replace("iisnode-other", "iisnode-own"))) {
			assertThat(get("/own/a", forged).header("Set-Cookie")).as(forged).isPresent();
		}
		assertThat(get("/own/a", good).header("Set-Cookie")).isEmpty();
	}

	@Test
	void placeSurvivesARecycle() {
		List<String> cookies = IntStream.range(0, 3).mapToObj((i) -> cookie(get("/other/a"))).toList();
		Set<String> before = new HashSet<>();
		cookies.forEach((cookie) -> before.add(get("/other/a", cookie).body()));
		int generation = host.snapshot("other").generation();
		host.application("other").recycle();
		Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("other").generation() > generation);
		awaitAll("other");
		Set<String> after = new HashSet<>();
		for (String cookie : cookies) {
			RawResponse response = get("/other/a", cookie);
			assertThat(response.header("Set-Cookie")).isEmpty();
			assertThat(get("/other/a", cookie).body()).isEqualTo(response.body());
			after.add(response.body());
		}
		assertThat(before).hasSize(3);
		assertThat(after).hasSize(3).doesNotContainAnyElementsOf(before);
	}

	@Test
	void fullProcessIsStoodInForAndTheTieStays() {
		RawResponse first = get("/narrow/a");
		String cookie = cookie(first);
		try (RawClient holding = host.connect()) {
			holding.send("GET /narrow/hold HTTP/1.1\r\nHost: a\r\n" + cookie + "\r\n\r\n");
			Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("narrow").activeRequests() == 1);
			RawResponse standIn = get("/narrow/a", cookie);
			assertThat(standIn.body()).isNotEqualTo(first.body());
			assertThat(standIn.header("Set-Cookie")).isEmpty();
		}
		Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("narrow").activeRequests() == 0);
		assertThat(get("/narrow/a", cookie).body()).isEqualTo(first.body());
	}

	@ParameterizedTest
	@ValueSource(strings = { "field", "query", "cookie" })
	void sameKeyLeadsToTheSameProcess(String application) {
		Set<String> processes = new HashSet<>();
		for (int i = 0; i < 20; i++) {
			String key = "key" + i;
			String path = "/" + application + "/a?room=" + key;
			String[] fields = { "X-User: " + key, "Cookie: SESSION=" + key };
			String process = get(path, fields).body();
			for (int j = 0; j < 3; j++) {
				RawResponse next = get(path, fields);
				assertThat(next.body()).isEqualTo(process);
				assertThat(next.header("Set-Cookie")).isEmpty();
			}
			processes.add(process);
		}
		assertThat(processes).hasSize(3);
	}

	@Test
	void withoutAKeyProcessesTakeTurns() {
		Set<String> processes = new HashSet<>();
		for (int i = 0; i < 3; i++) {
			processes.add(get("/field/a").body());
		}
		assertThat(processes).hasSize(3);
	}

}
