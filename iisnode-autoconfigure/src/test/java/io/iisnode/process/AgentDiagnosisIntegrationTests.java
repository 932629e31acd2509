package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the agent takes of a running process.
 */
@EnabledIf("io.iisnode.process.AgentNode#isInstalled")
@Timeout(60)
class AgentDiagnosisIntegrationTests {

	@TempDir
	private Path folder;

	private AgentNode node;

	@BeforeEach
	void startNode() throws Exception {
		this.node = new AgentNode(this.folder).run("http.cjs");
		this.node.message("listening");
	}

	@AfterEach
	void closeNode() throws IOException {
		this.node.close();
	}

	@Test
	void cpuProfileShowsWhatTheApplicationDoes() throws Exception {
		Path file = this.folder.resolve("a profile.cpuprofile");
		this.node.say("type=cpu-profile&id=1&seconds=0.5&file=" + file.toString().replace(" ", "+"));
		this.node.get("/busy?ms=100");
		assertThat(result("1")).containsEntry("ok", "true").containsEntry("file", file.toString());
		assertThat(Files.readString(file)).startsWith("{\"nodes\":").contains("http.cjs");
		assertThatOnlyTheOwnerMayRead(file);
	}

	@Test
	void secondCpuProfileAtTheSameTimeIsRefused() throws Exception {
		this.node.say("type=cpu-profile&id=1&seconds=0.5&file=" + this.folder.resolve("1"));
		this.node.say("type=cpu-profile&id=2&seconds=0.5&file=" + this.folder.resolve("2"));
		assertThat(result("2")).containsEntry("ok", "false").containsKey("error");
		assertThat(result("1")).containsEntry("ok", "true");
		this.node.say("type=cpu-profile&id=3&seconds=0.01&file=" + this.folder.resolve("3"));
		assertThat(result("3")).containsEntry("ok", "true");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "301", "NaN", "many", "" })
	void durationOfACpuProfileHasBounds(String seconds) throws Exception {
		this.node.say("type=cpu-profile&id=1&file=x&seconds=" + seconds);
		assertThat(result("1")).containsEntry("ok", "false");
	}

	@Test
	void heapSnapshotIsWritten() throws Exception {
		Path file = this.folder.resolve("x.heapsnapshot");
		this.node.say("type=heap-snapshot&id=1&file=" + file);
		assertThat(result("1")).containsEntry("ok", "true").containsEntry("file", file.toString());
		assertThat(Files.readString(file)).startsWith("{\"snapshot\":").endsWith("}");
		assertThatOnlyTheOwnerMayRead(file);
	}

	@Test
	void reportIsWrittenWithoutAWordOnStandardError() throws Exception {
		Path file = this.folder.resolve("report.json");
		this.node.say("type=report&id=1&file=" + file);
		assertThat(result("1")).containsEntry("ok", "true").containsEntry("file", file.toString());
		assertThat(Files.readString(file)).contains("\"javascriptStack\"");
		assertThatOnlyTheOwnerMayRead(file);
		assertThat(this.node.errors()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "cpu-profile", "heap-snapshot", "report" })
	void failureIsAnswered(String type) throws Exception {
		this.node.say("type=" + type + "&id=9&seconds=0.01&file=" + this.folder.resolve("missing/x"));
		assertThat(result("9")).containsEntry("ok", "false").containsKey("error");
		this.node.say("type=" + type + "&id=10&seconds=0.01");
		assertThat(result("10")).containsEntry("ok", "false");
		assertThat(this.node.get("/")).startsWith("HTTP/1.1 200");
	}

	private Map<String, String> result(String id) {
		return this.node.message((message) -> "result".equals(message.get("type")) && id.equals(message.get("id")));
	}

	private static void assertThatOnlyTheOwnerMayRead(Path file) throws Exception {
		if (OS.WINDOWS.isCurrentOs()) {
			// There, the folder decides.
			return;
		}
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
	}

}
