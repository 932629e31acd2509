package io.iisnode.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Responses that do not end by themselves, and clients that read them.
 */
public final class Streams {

	/**
	 * An application: <code>/events</code> is a stream of events, <code>/endless</code>
	 * has neither end nor length, <code>/sized</code> has a length and ends after 700 ms,
	 * <code>/silent</code> answers when it has the whole request, anything else with the
	 * process id. It writes down that it was told to end, and ends.
	 */
	public static final String SCRIPT = """
			const fs = require('fs');
			process.on('message', (message) => {
				if (message === 'shutdown') {
					fs.appendFileSync(__dirname + '/shutdown.log', process.pid + ' ');
					setTimeout(() => process.exit(0), 20);
				}
			});
			function repeat(res, text) {
				res.write(text);
				const timer = setInterval(() => res.write(text), 50);
				res.on('close', () => clearInterval(timer));
			}
			require('http').createServer((req, res) => {
				const path = req.url.slice(req.url.lastIndexOf('/'));
				if (path === '/events') {
					res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
					repeat(res, 'data: tick\\n\\n');
				} else if (path === '/endless') {
					res.writeHead(200, { 'Content-Type': 'text/plain' });
					repeat(res, 'tick\\n');
				} else if (path === '/sized') {
					res.writeHead(200, { 'Content-Length': 10 });
					res.write('12345');
					setTimeout(() => res.end('67890'), 700);
				} else if (path === '/silent') {
					req.resume().on('end', () => res.end('done'));
				} else {
					res.end(String(process.pid));
				}
			}).listen(process.env.PORT);
			""";

	private Streams() {
	}

	/**
	 * Reads a response to its end on a thread of its own.
	 * @param client the connection
	 * @param path what to ask for
	 * @return the response; it has begun when this returns
	 */
	public static CompletableFuture<RawResponse> read(RawClient client, String path) {
		client.send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
		CompletableFuture<RawResponse> response = new CompletableFuture<>();
		CountDownLatch begun = new CountDownLatch(1);
		Thread reader = new Thread(() -> {
			try {
				client.awaitInput();
				begun.countDown();
				response.complete(client.response());
			}
			catch (RuntimeException ex) {
				response.completeExceptionally(ex);
				begun.countDown();
			}
		});
		reader.setDaemon(true);
		reader.start();
		try {
			if (!begun.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("No response for " + path);
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return response;
	}

}
