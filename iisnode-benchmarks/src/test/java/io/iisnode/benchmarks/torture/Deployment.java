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

	private static final String SCRIPT = """
			const net = require('net');
			require('http').createServer((req, res) => {
				const path = req.url.slice(req.url.lastIndexOf('/'));
				if (path === '/upload') {
					let length = 0;
					req.on('data', (piece) => length += piece.length).on('end', () => res.end(String(length)));
				} else if (path === '/slow') {
					res.writeHead(200, { 'Content-Length': 10 });
					let left = 10;
					const timer = setInterval(() => {
						res.write('.');
						if (--left === 0) {
							clearInterval(timer);
							res.end();
						}
					}, 40);
				} else if (path === '/events') {
					res.writeHead(200, { 'Content-Type': 'text/event-stream' });
					res.write('data: begin\\n\\n');
					const timer = setInterval(() => res.write('data: tick\\n\\n'), 100);
					res.on('close', () => clearInterval(timer));
				} else if (path === '/recycle') {
					net.connect(process.env.IISNODE_CONTROL_PIPE).on('error', () => {}).end('recycle');
					res.end('asked');
				} else {
					res.end('hello');
				}
			}).listen(process.env.PORT);
			""";

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
		return SCRIPT + "// " + ++this.changes + "\n";
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
