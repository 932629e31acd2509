package io.iisnode.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.ProcessSnapshot;
import io.iisnode.process.StartState;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Health, and the ends of processes, as the actuator shows them.
 */
class HealthIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String GOOD = """
			require('http').createServer((req, res) => res.end('good')).listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		NodeHost.Builder builder = NodeHost.in(root)
			.with("management.endpoints.web.exposure.include", "health,iisnode")
			.with("management.endpoint.health.show-details", "always")
			.with("management.endpoint.health.probes.enabled", true)
			.with("management.endpoint.health.group.deep.include", "readinessState,iisnode")
			// One failed try after the other must not end the state while a test looks.
			.with("iisnode.rapid-fail-limit", 2)
			.script("found.js", GOOD);
		for (String name : new String[] { "good", "broken", "gone", "crash" }) {
			builder.script(name + "/app.js", GOOD).application(name, name + "/app.js", "/" + name + "/**");
		}
		builder.script("loop/app.js", "console.error('no place to be'); process.exit(7);");
		builder.script("never/app.js", "console.error('no luck'); process.exit(9);");
		host = builder.application("loop", "loop/app.js", "/loop/**")
			.application("never", "never/app.js", "/never/**")
			.application("missing", "missing/app.js", "/missing/**")
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static RawResponse health(String name) {
		return host.get("/actuator/health/iisnode/" + name);
	}

	@Test
	void anApplicationIsUpAlsoBeforeItsFirstRequest() {
		assertThat(health("good").status()).isEqualTo(200);
		assertThat(health("good").body()).contains("\"status\":\"UP\"", "\"readyProcesses\":0");
		assertThat(host.get("/good/").body()).isEqualTo("good");
		assertThat(health("good").body()).contains("\"status\":\"UP\"", "\"readyProcesses\":1");
	}

	@Test
	void anApplicationFoundByPathIsThereAsSoonAsItIsActive() {
		assertThat(health("found.js").status()).isEqualTo(404);
		assertThat(host.get("/found.js").body()).isEqualTo("good");
		assertThat(health("found.js").body()).contains("\"status\":\"UP\"");
	}

	@Test
	void aMissingScriptIsDownButReadinessIsNotConcerned() {
		assertThat(health("missing").status()).isEqualTo(503);
		assertThat(health("missing").body()).contains("\"status\":\"DOWN\"", "Its script does not exist");
		RawResponse all = host.get("/actuator/health");
		assertThat(all.status()).isEqualTo(503);
		assertThat(all.body()).contains("\"iisnode\":", "\"missing\":");
		assertThat(host.get("/actuator/health/readiness").status()).isEqualTo(200);
		assertThat(host.get("/actuator/health/deep").status()).as("where it is asked for").isEqualTo(503);
	}

	@Test
	void aScriptThatIsGoneWhileItsProcessServesIsUpWithAHint() throws IOException {
		assertThat(host.get("/gone/").body()).isEqualTo("good");
		Files.delete(root.resolve("gone/app.js"));
		assertThat(health("gone").body()).contains("\"status\":\"UP\"", "\"missingScript\":");
	}

	@Test
	void aCrashLoopIsDownWithItsLastWords() {
		await().atMost(PATIENCE).until(() -> {
			host.get("/loop/");
			return host.snapshot("loop").rapidFail().state() == StartState.SUSPENDED;
		});
		await().atMost(PATIENCE).until(() -> health("loop").body().contains("no place to be"));
		assertThat(health("loop").status()).isEqualTo(503);
		assertThat(health("loop").body()).contains("\"status\":\"DOWN\"", "\"nextTry\":", "exit code 7");
		assertThat(host.get("/actuator/iisnode/loop").body()).contains("\"rapidFail\":{\"state\":", "\"limit\":2");
	}

	@Test
	void anApplicationThatHasNeverStartedIsDownWithTheReason() throws IOException {
		assertThat(health("never").body()).as("not tried yet").contains("\"status\":\"UP\"");
		assertThat(host.get("/never/").status()).isEqualTo(503);
		await().atMost(PATIENCE).until(() -> health("never").status() == 503);
		assertThat(health("never").body()).contains("\"status\":\"DOWN\"", "Its latest process did not start",
				"\"startFailure\":", "exit code 9", "no luck");
		Files.writeString(root.resolve("never/app.js"), GOOD);
		await().atMost(PATIENCE).until(() -> host.get("/never/").status() == 200);
		assertThat(health("never").body()).contains("\"status\":\"UP\"").doesNotContain("startFailure");
	}

	@Test
	void aBrokenDeploymentIsUpAndVisible() throws IOException {
		assertThat(host.get("/broken/").body()).isEqualTo("good");
		Files.writeString(root.resolve("broken/app.js"), "const = ;");
		host.application("broken").recycle();
		await().atMost(PATIENCE).until(() -> health("broken").body().contains("failedGeneration"));
		assertThat(health("broken").body()).contains("\"status\":\"UP\"", "SyntaxError", "\"generation\":1");
		assertThat(host.get("/actuator/iisnode/broken").body()).contains("\"failedGeneration\":{\"generation\":2");
		assertThat(host.get("/broken/").body()).isEqualTo("good");
	}

	@Test
	void theEndpointShowsAProcessAndHowItEnded() {
		assertThat(host.get("/crash/").body()).isEqualTo("good");
		ProcessSnapshot process = host.snapshot("crash").processes().get(0);
		String path = "/actuator/iisnode/crash/processes/" + process.pid();
		assertThat(host.get(path).body()).contains("\"pid\":" + process.pid(), "\"state\":\"READY\"");
		assertThat(host.get("/actuator/iisnode/crash/exits").body()).isEqualTo("{\"exits\":[]}");
		ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
		await().atMost(PATIENCE)
			.until(() -> host.get("/actuator/iisnode/crash/exits").body().contains("\"pid\":" + process.pid()));
		assertThat(host.get("/actuator/iisnode/crash/exits").body()).contains("\"reason\":\"crash\"",
				"\"expected\":false", "\"generation\":1", "\"totalRequests\":1", "\"startedAt\":\"", "\"endedAt\":\"",
				"\"lastWords\":[]");
		assertThat(host.get(path).status()).isEqualTo(404);
	}

	@Test
	void whatTheEndpointDoesNotKnowIs404() {
		assertThat(host.get("/actuator/iisnode/nobody/exits").status()).isEqualTo(404);
		assertThat(host.get("/actuator/iisnode/good/nothing").status()).isEqualTo(404);
		assertThat(host.get("/actuator/iisnode/good/processes/1").status()).isEqualTo(404);
		assertThat(host.get("/actuator/iisnode/good/processes/x").status()).isEqualTo(404);
		assertThat(host.get("/actuator/iisnode/good/processes/0").status()).isEqualTo(404);
		assertThat(host.get("/actuator/iisnode/nobody/processes/1").status()).isEqualTo(404);
	}

}
