package io.iisnode.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

/**
 * A request that a test ends when it likes: it is active for as long as its body is
 * incomplete.
 */
public final class HeldRequest implements AutoCloseable {

	/**
	 * An application for such requests. It sends the head of its response at once, with
	 * its own process id, a number for each request in the order of their arrival, and
	 * how many it works on; and a body when the request is complete. At
	 * <code>/silent</code> the head comes with the body; <code>/seen</code> tells the
	 * paths so far.
	 */
	public static final String SCRIPT = """
			const seen = [];
			let active = 0;
			require('http').createServer((req, res) => {
				if (req.url.endsWith('/seen')) {
					return res.end(seen.join(' '));
				}
				seen.push(req.url);
				active++;
				res.once('close', () => active--);
				res.writeHead(200, { 'X-Pid': process.pid, 'X-Number': seen.length, 'X-Active': active });
				if (!req.url.endsWith('/silent')) {
					res.flushHeaders();
				}
				req.resume().once('end', () => res.end('done'));
			}).listen(process.env.PORT);
			""";

	private final RawClient client;

	private RawResponse head;

	private HeldRequest(RawClient client) {
		this.client = client;
	}

	/**
	 * Sends the beginning of a request.
	 */
	public static HeldRequest send(NodeHost host, String path) {
		return new HeldRequest(host.connect()
			.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\nConnection: close\r\n\r\n"));
	}

	/**
	 * Sends the beginning of a request and waits until a process works on it.
	 */
	public static HeldRequest begin(NodeHost host, String path) {
		HeldRequest request = send(host, path);
		if (request.status() != 200) {
			throw new AssertionError("Answered with " + request.head());
		}
		return request;
	}

	/**
	 * Waits for the head of the response.
	 */
	public RawResponse head() {
		if (this.head == null) {
			this.head = this.client.head();
		}
		return this.head;
	}

	public int status() {
		return head().status();
	}

	public long pid() {
		return Long.parseLong(head().header("X-Pid").orElseThrow());
	}

	public int number() {
		return Integer.parseInt(head().header("X-Number").orElseThrow());
	}

	/**
	 * Ends the request.
	 * @return whether the whole answer came
	 */
	public boolean finish() {
		this.client.send("x");
		boolean isChunked = head().header("Content-Length").isEmpty();
		return rest().equals(isChunked ? "4\r\ndone\r\n0\r\n\r\n" : "done");
	}

	/**
	 * What comes until the connection ends, be it by a reset.
	 */
	public String rest() {
		StringBuilder text = new StringBuilder();
		try {
			int next = this.client.input().read();
			while (next >= 0) {
				text.append((char) next);
				next = this.client.input().read();
			}
		}
		catch (SocketTimeoutException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (IOException ex) {
			// Cut.
		}
		return new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

	/**
	 * The client goes away.
	 */
	@Override
	public void close() {
		this.client.close();
	}

}
