package io.iisnode.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Our script inside every node process, extracted from the jar to a private folder.
 */
final class AgentScript implements AutoCloseable {

	private static final String RESOURCE = "agent.cjs";

	private final Path directory;

	private final Path file;

	private AgentScript(Path directory, Path file) {
		this.directory = directory;
		this.file = file;
	}

	/**
	 * Extracts the script. Blocks.
	 */
	static AgentScript extract() {
		try (InputStream resource = AgentScript.class.getResourceAsStream(RESOURCE)) {
			if (resource == null) {
				throw new IllegalStateException("The resource " + RESOURCE + " is missing in the jar of the library");
			}
			// Readable by its owner only: whoever could change it would run code as us.
			Path directory = Files.createTempDirectory("iisnode-agent-");
			Path file = directory.resolve(RESOURCE);
			Files.copy(resource, file);
			return new AgentScript(directory, file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot extract " + RESOURCE + " to a folder for temporary files", ex);
		}
	}

	Path file() {
		return this.file;
	}

	@Override
	public void close() {
		try {
			Files.deleteIfExists(this.file);
			Files.deleteIfExists(this.directory);
		}
		catch (IOException ex) {
			// A leftover in the folder for temporary files harms nobody.
		}
	}

}
