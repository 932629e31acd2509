package io.iisnode.protocol;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interim responses to a client that does not read them.
 */
class InterimResponseIntegrationTests {

	private static final int COUNT = 2000;

	/**
	 * Answers /flood with as many interim responses as the host takes, 40 MB of them; any
	 * other request is told whether all of that has been written.
	 */
	private static final String SCRIPT = """
			let done = false;
			const hint = `HTTP/1.1 103 Early Hints\\r\\nLink: ${'a'.repeat(20000)}\\r\\n\\r\\n`;
			const end = 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok';
			const flood = (socket, left) => (left === 0) ? socket.write(end, () => done = true)
			  : socket.write(hint, () => flood(socket, left - 1));
			require('net').createServer((socket) => {
			  socket.setEncoding('latin1').on('error', () => {}).on('data', (head) => {
			    if (head.startsWith('GET /flood')) {
			      flood(socket, %d);
			    } else {
			      socket.write(`HTTP/1.1 200 OK\\r\\nContent-Length: ${String(done).length}\\r\\n\\r\\n${done}`);
			    }
			  });
			}).listen(process.env.PORT);
			""".formatted(COUNT);

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root).script("flood.js", SCRIPT).application("flood", "flood.js", "/**").start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@Test
	void doNotPileUpForAClientThatDoesNotRead() {
		try (RawClient client = host.connect()) {
			client.send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n");
			Wire.await().until(() -> host.get("/done").body().equals("true"));
			int interim = 0;
			RawResponse response = client.response();
			while (response.status() < 200) {
				interim++;
				response = client.response();
			}
			assertThat(response.body()).isEqualTo("ok");
			// What the connection itself holds, on both sides.
			assertThat(interim).isBetween(1, COUNT * 3 / 4);
		}
	}

}
