package io.iisnode.compatibility;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Socket.IO's own client, run by node.
 */
final class SocketIoClient {

	private static final Path SCRIPT = Path.of("src", "test", "node", "socket-io-client.mjs");

	private SocketIoClient() {
	}

	/**
	 * Talks to a server.
	 * @param server its address
	 * @param transports what the client may use, in this order
	 */
	static void run(URI server, String transports) throws IOException, InterruptedException {
		// Beside the packages that it imports.
		Path script = Path.of("target", "apps", "tools", SCRIPT.getFileName().toString());
		Files.copy(SCRIPT, script, StandardCopyOption.REPLACE_EXISTING);
		Process process = new ProcessBuilder("node", script.toString(), server.toString(), transports)
			.redirectErrorStream(true)
			.start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
			assertThat(output).isEqualTo("echo, broadcast, " + transports.replaceAll(".*,", "") + "\n");
		}
		finally {
			process.destroyForcibly();
		}
	}

}
