package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Hosts live longer than what lies in folders for temporary files.
 */
class TemporaryFilesIntegrationTests {

	private static final String SCRIPT = """
			require('http').createServer((req, res) => res.end(process.execArgv[1])).listen(process.env.PORT);
			""";

	@TempDir
	private Path root;

	@TempDir
	private Path pipes;

	@Test
	void processesStartAlsoAfterACleaner() throws IOException {
		try (NodeHost host = NodeHost.in(this.root)
			.script("app.js", SCRIPT)
			.application("app", "app.js", "/app")
			.with("iisnode.pipe-directory", this.pipes)
			.start()) {
			Path agent = Path.of(host.get("/app").body());
			assertThat(agent).hasFileName("agent.cjs");
			Files.delete(agent);
			ProcessSnapshot process = host.snapshot("app").processes().get(0);
			if (!OS.WINDOWS.isCurrentOs()) {
				FileSystemUtils.deleteRecursively(Path.of(process.pipe()).getParent());
			}
			ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
			await().until(() -> host.snapshot("app").processes().isEmpty());
			assertThat(host.get("/app").body()).isEqualTo(agent.toString());
		}
	}

}
