package io.iisnode.transport.windows;

import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.process.ProcessSnapshot;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;
import io.iisnode.transport.windows.WindowsPipeTransport.CompletionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A whole host on named pipes: much at once, and processes that die at every stage of an
 * exchange.
 */
@EnabledOnOs(OS.WINDOWS)
@ParameterizedClass
@EnumSource(CompletionMode.class)
@Timeout(900)
class WindowsHostIntegrationTests {

	private static final int MEBIBYTE = 1 << 20;

	private static final int SIZE = 100 * MEBIBYTE;

	private static final int CONNECTIONS = 500;

	@TempDir
	private static Path root;

	private static NodeHost host;

	private final CompletionMode mode;

	WindowsHostIntegrationTests(CompletionMode mode) {
		this.mode = mode;
	}

	@BeforeParameterizedClassInvocation
	static void start(CompletionMode mode) {
		host = PipeLoad.host(root, mode).start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		host.close();
	}

	@Test
	void anUploadOf100MebibytesArrivesAsItWas() throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		Random random = new Random(7);
		byte[] block = new byte[MEBIBYTE];
		try (RawClient client = host.connect()) {
			client.send("POST /load/hash HTTP/1.1\r\nHost: test\r\nContent-Length: " + SIZE + "\r\n\r\n");
			for (int i = 0; i < SIZE / MEBIBYTE; i++) {
				random.nextBytes(block);
				digest.update(block);
				client.send(block);
			}
			assertThat(client.response().body()).isEqualTo(SIZE + " " + HexFormat.of().formatHex(digest.digest()));
		}
	}

	@Test
	void aDownloadOf100MebibytesArrivesAsItWas() throws Exception {
		try (RawClient client = host.connect()) {
			client.send("GET /load/send?mebibytes=100 HTTP/1.1\r\nHost: test\r\n\r\n");
			assertThat(client.head().header("Content-Length")).contains(Integer.toString(SIZE + 64));
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			InputStream input = client.input();
			for (int i = 0; i < SIZE / MEBIBYTE; i++) {
				digest.update(input.readNBytes(MEBIBYTE));
			}
			assertThat(new String(input.readNBytes(64), StandardCharsets.ISO_8859_1))
				.isEqualTo(HexFormat.of().formatHex(digest.digest()));
		}
	}

	@Test
	void echoesOf2000RandomBodiesAreTheBodies() {
		Random random = new Random(2000);
		int mismatches = 0;
		try (RawClient client = host.connect()) {
			for (int i = 0; i < 2000; i++) {
				byte[] body = new byte[random.nextInt((i % 100 == 0) ? 400_000 : 4000)];
				random.nextBytes(body);
				client.send("POST /load/echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n");
				RawResponse response = client.send(body).response();
				mismatches += (response.status() == 200 && Arrays.equals(response.bytes(), body)) ? 0 : 1;
			}
		}
		assertThat(mismatches).isZero();
	}

	@Test
	void nodeKeepsConnectionsReadyAsInIisnode() {
		assertThat(host.get("/load/instances").body()).isEqualTo("5000");
	}

	@Test
	void serves500ConnectionsAtOnce() {
		List<RawClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < CONNECTIONS; i++) {
				clients.add(host.connect().send("GET /load/together?count=500 HTTP/1.1\r\nHost: test\r\n\r\n"));
			}
			for (RawClient client : clients) {
				assertThat(client.response().body()).isEqualTo("all 500");
			}
		}
		finally {
			clients.forEach(RawClient::close);
		}
	}

	@Test
	void startsFiftyTimesInARow() {
		assumeThat(this.mode).as("starts know nothing of it").isEqualTo(CompletionMode.OWN_LOOPS);
		Set<Long> pids = new HashSet<>();
		for (int i = 0; i < 50; i++) {
			RawResponse response = host.get("/start/pid");
			assertThat(response.status()).as("start %d: %s", i, response.body()).isEqualTo(200);
			long pid = Long.parseLong(response.body());
			assertThat(host.snapshot("start").processes()).extracting(ProcessSnapshot::pid).containsExactly(pid);
			pids.add(pid);
			ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
			process.destroyForcibly();
			process.onExit().join();
			PipeLoad.await().until(() -> host.snapshot("start").processes().isEmpty());
		}
		assertThat(pids).hasSizeGreaterThan(1);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			POST, before-head,    502, true
			POST, during-upload,  502, true
			POST, unread-upload,  502, true
			GET,  after-interim,  502, true
			GET,  after-head,     200, false
			GET,  during-body,    200, false
			GET,  after-last,     200, true
			""")
	void deathOfTheProcessIsSeenAndTheNextRequestServed(String method, String stage, int status, boolean complete) {
		String pid = host.get("/die/pid").body();
		try (RawClient client = host.connect()) {
			client.send(method + " /die/" + stage + " HTTP/1.1\r\nHost: test\r\n"
					+ (method.equals("POST") ? "Content-Length: 4000000\r\n\r\n" : "\r\n"));
			if (method.equals("POST")) {
				sendAsMuchAsPossible(client);
			}
			RawResponse response = client.response();
			while (response.status() < 200) {
				response = client.response();
			}
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.complete()).isEqualTo(complete);
		}
		PipeLoad.await()
			.until(() -> host.snapshot("die").activeRequests() == 0 && host.snapshot("die")
				.processes()
				.stream()
				.noneMatch((process) -> pid.equals(Long.toString(process.pid()))));
		RawResponse next = host.get("/die/pid");
		assertThat(next.status()).isEqualTo(200);
		assertThat(next.body()).isNotEqualTo(pid);
	}

	@Test
	void deathWhileTheClientDoesNotReadIsATruncatedAnswer() {
		String pid = host.get("/die/pid").body();
		try (RawClient client = host.connect()) {
			client.send("GET /die/unread-download HTTP/1.1\r\nHost: test\r\n\r\n");
			// Of 64 MiB most are still in the process when it dies.
			PipeLoad.await()
				.until(() -> host.snapshot("die")
					.processes()
					.stream()
					.noneMatch((process) -> pid.equals(Long.toString(process.pid()))));
			RawResponse response = client.response();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.complete()).isFalse();
		}
		PipeLoad.await().until(() -> host.snapshot("die").activeRequests() == 0);
		assertThat(host.get("/die/pid").status()).isEqualTo(200);
	}

	private static void sendAsMuchAsPossible(RawClient client) {
		try {
			client.send(new byte[2_000_000]).send(new byte[2_000_000]);
		}
		catch (UncheckedIOException ex) {
			// The answer says why.
		}
	}

	@Test
	void deathOfAnIdleProcessHarmsNobody() {
		try (RawClient client = host.connect()) {
			long pid = Long.parseLong(client.get("/die/pid").body());
			ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
			process.destroyForcibly();
			process.onExit().join();
			RawResponse next = client.get("/die/pid");
			assertThat(next.status()).isEqualTo(200);
			assertThat(next.body()).isNotEqualTo(Long.toString(pid));
		}
	}

}
