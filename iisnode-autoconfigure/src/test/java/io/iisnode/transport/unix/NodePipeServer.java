package io.iisnode.transport.unix;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.iisnode.transport.PipeAddress;

/**
 * A real node process that listens on a pipe.
 */
final class NodePipeServer implements AutoCloseable {

	private final Process process;

	private NodePipeServer(Process process) {
		this.process = process;
	}

	/**
	 * Starts a server. It listens some time later.
	 * @param folder where the script is written
	 * @param address the pipe, <code>process.env.PORT</code> to the script
	 * @param script its source
	 */
	static NodePipeServer start(Path folder, PipeAddress address, String script) throws IOException {
		Path file = Files.writeString(folder.resolve("server.js"), script);
		ProcessBuilder builder = new ProcessBuilder("node", file.toString()).redirectErrorStream(true)
			.redirectOutput(Redirect.DISCARD);
		builder.environment().put("PORT", address.path());
		return new NodePipeServer(builder.start());
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
	}

}
