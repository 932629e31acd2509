package io.iisnode.web;

import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients see when something is wrong.
 */
class ErrorIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String MARKUP = "<script>alert(1)</script>";

	/**
	 * Does what the path says.
	 */
	private static final String SERVER = """
			require('http').createServer((req, res) => {
				const action = req.url.split('/')[2];
				if (action === 'hang') {
					// No answer.
				} else if (action === 'close') {
					req.socket.destroy();
				} else if (action === 'garbage') {
					req.socket.end('this is not HTTP\\r\\n\\r\\n');
				} else if (action === 'half') {
					res.writeHead(200, { 'Content-Length': '1000' });
					res.write('x'.repeat(10), () => req.socket.destroy());
				} else if (/^[0-9]+$/.test(action)) {
					res.writeHead(Number(action), { 'Content-Type': 'text/x-own', 'X-Own': 'yes' });
					res.end('own ' + action);
				} else {
					res.end('fine');
				}
			}).listen(process.env.PORT);
			""";

	/**
	 * A name that would be markup; Windows allows no more of it.
	 */
	private static final String ODD_NAME = OS.WINDOWS.isCurrentOs() ? "b&w.js" : "b&w <i>.js";

	private static final String BROKEN = "throw new Error('" + MARKUP + "');";

	private static NodeHost host;

	@BeforeAll
	static void start(@TempDir Path root) {
		NodeHost.Builder builder = NodeHost.in(root)
			.script("server.js", SERVER)
			.script("slow.js", SERVER)
			.script("other.js", SERVER)
			.script("busy.js", SERVER)
			.script("impatient.js", SERVER)
			.script("broken.js", BROKEN)
			.script(ODD_NAME, BROKEN);
		host = builder.application("server", "server.js", "/server/**")
			.with("iisnode.rapid-fail-limit", "0")
			.with("iisnode.applications.server.max-request-buffer-size", "1024")
			.application("slow", "slow.js", "/slow/**")
			.with("iisnode.applications.slow.request-timeout", "200ms")
			.application("other", "other.js", "/other/**")
			.with("iisnode.applications.other.node-process-command-line", "/no/such/node")
			.application("busy", "busy.js", "/busy/**")
			.with("iisnode.applications.busy.max-concurrent-requests-per-process", "1")
			.with("iisnode.applications.busy.max-pending-requests-per-application", "0")
			.application("impatient", "impatient.js", "/impatient/**")
			.with("iisnode.applications.impatient.max-concurrent-requests-per-process", "1")
			.with("iisnode.applications.impatient.max-pending-time", "100ms")
			.application("broken", "broken.js", "/broken/**")
			.application("dev", ODD_NAME, "/dev/**")
			.with("iisnode.applications.dev.dev-errors-enabled", "true")
			.application("missing", "none.js", "/missing/**")
			.start();
		// Nobody waits for the start of these for long.
		for (String application : new String[] { "busy", "impatient" }) {
			host.application(application).start();
			Awaitility.await().atMost(LIMIT).until(() -> host.get("/" + application + "/fine").status() == 200);
		}
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@ParameterizedTest
	@CsvSource({ "/missing/x, 404, There is no such application.",
			"/other/x, 500, The application cannot be started because of its configuration.",
			"/server/close, 502, The application sent no valid response.",
			"/server/garbage, 502, The application sent no valid response.",
			"/slow/hang, 504, The application sent no response in time." })
	void failureHasItsStatus(String target, int status, String reason) {
		assertError(host.get(target), status, reason);
	}

	@Test
	void applicationThatFailsToStartIs503() {
		RawResponse response = host.get("/broken/x");
		assertError(response, 503, "The application fails to start.");
		assertThat(response.header("Retry-After")).hasValue("5");
	}

	@Test
	void headThatIsTooLongIs431() {
		try (RawClient client = host.connect()) {
			client.send("GET /server/fine HTTP/1.1\r\nHost: test\r\nX-Long: " + "x".repeat(1024) + "\r\n\r\n");
			assertError(client.response(), 431, "The header of the request is too large.");
		}
	}

	@Test
	void fullQueueIs503() {
		try (RawClient first = host.connect()) {
			first.send("GET /busy/hang HTTP/1.1\r\nHost: test\r\n\r\n");
			Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("busy").activeRequests() == 1);
			RawResponse response = host.get("/busy/fine");
			assertError(response, 503, "Too many requests are waiting already.");
			assertThat(response.header("Retry-After")).hasValue("1");
		}
		Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("busy").activeRequests() == 0);
	}

	@Test
	void waitThatIsTooLongIs503() {
		try (RawClient first = host.connect()) {
			first.send("GET /impatient/hang HTTP/1.1\r\nHost: test\r\n\r\n");
			Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("impatient").activeRequests() == 1);
			RawResponse response = host.get("/impatient/fine");
			assertError(response, 503, "No process became free in time.");
			assertThat(response.header("Retry-After")).hasValue("1");
		}
		Awaitility.await().atMost(LIMIT).until(() -> host.snapshot("impatient").activeRequests() == 0);
	}

	private static void assertError(RawResponse response, int status, String reason) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("Content-Type")).hasValue("text/html;charset=UTF-8");
		assertThat(response.header("Cache-Control")).hasValue("no-store");
		assertThat(response.header("Retry-After").isPresent()).isEqualTo(status == 503);
		assertThat(response.body()).startsWith("<!DOCTYPE html>").contains(reason).doesNotContain("<dl>");
		assertThat(response.complete()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "/missing/x, 404", "/other/x, 500", "/server/close, 502", "/broken/x, 503", "/slow/hang, 504" })
	void clientThatAcceptsProblemsGetsOne(String target, int status) {
		for (String accept : new String[] { "application/problem+json", "application/json, text/plain, */*" }) {
			RawResponse response = send("GET", target, "Accept: " + accept + "\r\n");
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.header("Content-Type")).hasValue("application/problem+json");
			assertThat(response.body()).contains("\"status\":" + status, "\"detail\":", "\"title\":")
				.doesNotContain("alert(1)");
			assertThat(response.header("Retry-After").isPresent()).isEqualTo(status == 503);
		}
	}

	@Test
	void detailsAreNotForEveryone() {
		assertThat(host.get("/broken/x").body()).doesNotContain("alert", "broken.js", "node", "Error");
	}

	@Test
	void developerSeesDetailsEscaped() {
		assertThat(host.get("/dev/x").body()).doesNotContain("<script", "<i>")
			.contains(OS.WINDOWS.isCurrentOs() ? "b&amp;w.js" : "b&amp;w &lt;i&gt;.js",
					"&lt;script&gt;alert(1)&lt;/script&gt;", "<dt>Exit code</dt><dd>1</dd>", "<dt>Command line</dt>",
					"--require", "The end of stderr");
	}

	@Test
	void developerSeesTheCauseInTheProblem() {
		RawResponse response = send("GET", "/dev/x", "Accept: application/json\r\n");
		assertThat(response.header("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("The application fails to start.", "with exit code 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/missing/x", "/other/x", "/server/close", "/broken/x", "/dev/x" })
	void errorForHeadHasNoBodyAndKeepsTheConnection(String target) {
		int status = host.get(target).status();
		try (RawClient client = host.connect()) {
			RawResponse response = client.send("HEAD " + target + " HTTP/1.1\r\nHost: test\r\n\r\n").responseToHead();
			assertThat(response.status()).isEqualTo(status);
			// If a body followed, this would not be a response.
			assertThat(client.get("/server/fine").body()).isEqualTo("fine");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/missing/x", "/other/x", "/broken/x" })
	void errorForARequestWithABodyDoesNotConfuseTheNext(String target) {
		try (RawClient client = host.connect()) {
			RawResponse response = client
				.send("POST " + target
						+ " HTTP/1.1\r\nHost: test\r\nContent-Length: 20\r\n\r\nGET /x HTTP/1.1\r\n\r\n\r\n")
				.response();
			assertThat(response.status()).isGreaterThanOrEqualTo(404);
			assertThat(client.get("/server/fine").body()).isEqualTo("fine");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 404, 418, 429, 500, 502, 503, 599 })
	void errorsOfTheApplicationPassUntouched(int status) {
		RawResponse response = send("GET", "/server/" + status, "Accept: application/problem+json\r\n");
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).isEqualTo("own " + status);
		assertThat(response.header("Content-Type")).hasValue("text/x-own");
		assertThat(response.header("X-Own")).hasValue("yes");
		assertThat(response.header("Retry-After")).isEmpty();
		assertThat(response.header("Cache-Control")).isEmpty();
	}

	@Test
	void failureAfterTheFirstByteCutsTheConnection() {
		RawResponse response = host.get("/server/half");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.complete()).isFalse();
		assertThat(response.body()).doesNotContain("html");
	}

	private static RawResponse send(String method, String target, String headers) {
		try (RawClient client = host.connect()) {
			return client.send(method + " " + target + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n").response();
		}
	}

}
