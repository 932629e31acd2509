package io.iisnode.compatibility;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.awaitility.Awaitility.await;

/**
 * The same application as node alone runs it, on a port: what the hosted one is compared
 * with.
 */
final class DirectApplication implements AutoCloseable {

	private final Process process;

	private final int port;

	private DirectApplication(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static DirectApplication start(Framework framework, NodeRelease node) throws IOException {
		int port = freePort();
		List<String> command = new ArrayList<>(
				List.of(node.executable(), framework.directory().resolve(framework.script()).toString()));
		command.addAll(framework.arguments().stream().map((argument) -> argument.replace("3000", "" + port)).toList());
		Path output = Files.createDirectories(Path.of("target", "direct"))
			.resolve(framework.name() + "-" + node.version() + ".txt");
		ProcessBuilder builder = new ProcessBuilder(command).directory(framework.workingDirectory().toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().putAll(framework.environment());
		builder.environment().put("NODE_ENV", "production");
		builder.environment().put("HOST", "127.0.0.1");
		builder.environment().put("HOSTNAME", "127.0.0.1");
		builder.environment().put("PORT", String.valueOf(port));
		DirectApplication direct = new DirectApplication(builder.start(), port);
		try {
			await().atMost(Duration.ofSeconds(60))
				.failFast("it has ended: see " + output, () -> !direct.process.isAlive())
				.until(direct::listens);
			return direct;
		}
		catch (RuntimeException ex) {
			direct.close();
			throw ex;
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean listens() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress("localhost", this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	String url() {
		return "http://localhost:" + this.port;
	}

	@Override
	public void close() {
		List<ProcessHandle> children = this.process.descendants().toList();
		this.process.destroyForcibly();
		children.forEach(ProcessHandle::destroyForcibly);
		try {
			this.process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
