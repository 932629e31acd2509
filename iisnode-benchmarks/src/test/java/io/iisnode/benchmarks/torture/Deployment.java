package io.iisnode.benchmarks.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * The files of an application, in one of two folders of releases to which a link leads.
 */
final class Deployment {

	private final Path root;

	private int changes;

	private int release = 1;

	Deployment(Path root) throws IOException {
		this.root = root;
		write(1);
		write(2);
		Files.createSymbolicLink(root.resolve("current"), Path.of("releases/1"));
	}

	private Path folder(int number) {
		return this.root.resolve("releases/" + number);
	}

	private Path script() {
		return folder(this.release).resolve("app.js");
	}

	private void write(int number) throws IOException {
		Files.createDirectories(folder(number));
		Files.writeString(folder(number).resolve("app.js"), source());
	}

	private String source() {
		return Script.TEXT + "// " + ++this.changes + "\n";
	}

	void change() throws IOException {
		Files.writeString(script(), source());
	}

	void touch() throws IOException {
		Files.setLastModifiedTime(script(), FileTime.from(Instant.now().plusSeconds(++this.changes)));
	}

	void renameOver() throws IOException {
		Path next = script().resolveSibling("app.js.next");
		Files.writeString(next, source());
		Files.move(next, script(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	void switchLink() throws IOException {
		int other = 3 - this.release;
		write(other);
		Path next = this.root.resolve("next");
		Files.createSymbolicLink(next, Path.of("releases/" + other));
		Files.move(next, this.root.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
		this.release = other;
	}

}
