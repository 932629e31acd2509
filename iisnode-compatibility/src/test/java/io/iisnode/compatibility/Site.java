package io.iisnode.compatibility;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

/**
 * An application at an address: the requests that it understands. Every application has
 * the same pages under <code>/api</code>.
 */
class Site {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final String url;

	Site(String url) {
		this.url = url;
	}

	URI uri(String path) {
		return URI.create(this.url + path);
	}

	/**
	 * The address of WebSockets.
	 */
	URI webSocket(String path) {
		return URI.create(this.url.replaceFirst("http", "ws") + path);
	}

	HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT);
	}

	HttpRequest page(String path) {
		return request(path).header("Accept", "text/html").build();
	}

	/**
	 * Is answered with JSON that holds the text.
	 */
	HttpRequest echo(String text) {
		return post("/api/echo", "application/json", "{\"text\":\"" + text + "\"}").build();
	}

	/**
	 * Is answered with JSON that holds size and hash.
	 */
	HttpRequest upload(byte[] content) {
		return request("/api/upload").header("Content-Type", "application/octet-stream")
			.POST(BodyPublishers.ofByteArray(content))
			.build();
	}

	/**
	 * Is answered with the pieces "chunk 1", "chunk 2", "chunk 3", 300 ms apart.
	 */
	HttpRequest stream() {
		return request("/api/stream").build();
	}

	/**
	 * Lets the application throw.
	 */
	HttpRequest fail() {
		return request("/api/fail").header("Accept", "text/html").build();
	}

	final HttpRequest.Builder post(String path, String type, String body) {
		return request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body));
	}

}
