package io.iisnode.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.iisnode.transport.PrivateFolder;

/**
 * Our script inside every node process, extracted from the jar to a private folder.
 */
final class AgentScript implements AutoCloseable {

	private static final String RESOURCE = "agent.cjs";

	private static final String PREFIX = "iisnode-agent-";

	private final PrivateFolder folder;

	private AgentScript(PrivateFolder folder) {
		this.folder = folder;
	}

	/**
	 * Extracts the script, and removes those that dead hosts have left. Blocks.
	 */
	static AgentScript extract() {
		return extract(Path.of(System.getProperty("java.io.tmpdir")));
	}

	static AgentScript extract(Path parent) {
		try {
			// Readable by its owner only: whoever could change it would run code as us.
			AgentScript script = new AgentScript(PrivateFolder.create(parent.toAbsolutePath(), PREFIX));
			try {
				script.copy();
			}
			catch (IOException ex) {
				script.close();
				throw ex;
			}
			return script;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot extract " + RESOURCE + " to a folder for temporary files", ex);
		}
	}

	private void copy() throws IOException {
		try (InputStream resource = AgentScript.class.getResourceAsStream(RESOURCE)) {
			if (resource == null) {
				throw new IllegalStateException("The resource " + RESOURCE + " is missing in the jar of the library");
			}
			Files.copy(resource, file());
		}
	}

	/**
	 * Extracts it again if somebody has removed it. Blocks.
	 */
	synchronized void restore() throws IOException {
		this.folder.restore();
		if (!Files.exists(file())) {
			copy();
		}
	}

	Path file() {
		return this.folder.path().resolve(RESOURCE);
	}

	@Override
	public void close() {
		this.folder.close();
	}

}
