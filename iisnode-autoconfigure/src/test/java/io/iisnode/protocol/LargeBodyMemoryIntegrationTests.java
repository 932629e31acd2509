package io.iisnode.protocol;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies that are far larger than all memory of the host, which is a JVM of its own.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "WindowsHostIntegrationTests has large bodies for there")
class LargeBodyMemoryIntegrationTests {

	private static final int MEBIBYTE = 1 << 20;

	private static final int MEBIBYTES = 1024;

	private static final String PORT = "port: ";

	@TempDir
	private static Path root;

	private static Process host;

	private static int port;

	@BeforeAll
	static void start() throws IOException {
		host = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "-Xmx64m",
				"-XX:MaxDirectMemorySize=64m", "-XX:+ExitOnOutOfMemoryError", Host.class.getName(), root.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		// Not closed: it would break the pipe into which the host prints.
		BufferedReader output = host.inputReader(StandardCharsets.UTF_8);
		port = output.lines()
			.filter((line) -> line.startsWith(PORT))
			.map((line) -> Integer.parseInt(line.substring(PORT.length())))
			.findFirst()
			.orElseThrow();
	}

	@AfterAll
	static void stop() throws Exception {
		// The end of its input.
		host.getOutputStream().close();
		assertThat(host.waitFor()).isZero();
	}

	@Test
	void aResponseOfAGibibytePasses() throws Exception {
		try (RawClient client = RawClient.connect(port)) {
			client.send("GET /app/download HTTP/1.1\r\nHost: test\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			InputStream body = client.input();
			byte[] buffer = new byte[MEBIBYTE];
			long received = 0;
			while (received < (long) MEBIBYTES * MEBIBYTE) {
				int count = body.read(buffer);
				assertThat(count).as("after %d bytes", received).isPositive();
				received += count;
			}
		}
	}

	@Test
	void anUploadOfAGibibytePasses() {
		try (RawClient client = RawClient.connect(port)) {
			client.send("POST /app/upload HTTP/1.1\r\nHost: test\r\nContent-Length: " + (long) MEBIBYTES * MEBIBYTE
					+ "\r\n\r\n");
			byte[] block = new byte[MEBIBYTE];
			for (int i = 0; i < MEBIBYTES; i++) {
				client.send(block);
			}
			assertThat(client.response().body()).isEqualTo(Long.toString((long) MEBIBYTES * MEBIBYTE));
		}
	}

	/**
	 * Tells its port, and ends with its input.
	 */
	public static final class Host {

		private static final String SCRIPT = """
				const block = Buffer.alloc(%d);
				require('http').createServer((req, res) => {
					if (req.url.endsWith('/upload')) {
						let size = 0;
						req.on('data', (data) => size += data.length).on('end', () => res.end(String(size)));
						return;
					}
					let left = %d;
					res.writeHead(200, { 'Content-Length': left * block.length });
					const write = () => {
						while (left > 0) {
							left--;
							if (!res.write(block)) {
								res.once('drain', write);
								return;
							}
						}
						res.end();
					};
					write();
				}).listen(process.env.PORT);
				""".formatted(MEBIBYTE, MEBIBYTES);

		private Host() {
		}

		public static void main(String[] arguments) throws IOException {
			try (NodeHost host = NodeHost.in(Path.of(arguments[0]))
				.script("app/app.js", SCRIPT)
				.application("app", "app/app.js", "/app/**")
				.start()) {
				System.out.println(PORT + host.port());
				System.in.read();
			}
		}

	}

}
