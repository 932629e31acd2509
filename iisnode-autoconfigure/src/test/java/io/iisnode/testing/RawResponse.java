package io.iisnode.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A response as it was on the wire.
 *
 * @param status the status code
 * @param reason the reason phrase
 * @param headers lines of header fields, in their order
 * @param bytes the body, chunks put together
 * @param trailers lines of trailer fields
 * @param complete whether the body came to its end; false if the connection was cut
 * before
 */
public record RawResponse(int status, String reason, List<String> headers, byte[] bytes, List<String> trailers,
		boolean complete) {

	static RawResponse readHead(InputStream in) {
		try {
			String line = readLine(in);
			String[] parts = line.split(" ", 3);
			if (!parts[0].startsWith("HTTP/1.")) {
				throw new IOException("Not a status line: " + line);
			}
			return new RawResponse(Integer.parseInt(parts[1]), (parts.length > 2) ? parts[2] : "", readFields(in),
					new byte[0], List.of(), true);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static RawResponse read(InputStream in, boolean toHead) {
		RawResponse head = readHead(in);
		if (toHead || head.status < 200 || head.status == 204 || head.status == 304) {
			return head;
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		List<String> trailers = new ArrayList<>();
		boolean complete = head.readBody(in, body, trailers);
		return new RawResponse(head.status, head.reason, head.headers, body.toByteArray(), trailers, complete);
	}

	private boolean readBody(InputStream in, ByteArrayOutputStream body, List<String> trailers) {
		try {
			if (header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
				int size = Integer.parseInt(readLine(in).split(";")[0].strip(), 16);
				while (size > 0) {
					copy(in, body, size);
					readLine(in);
					size = Integer.parseInt(readLine(in).split(";")[0].strip(), 16);
				}
				trailers.addAll(readFields(in));
				return true;
			}
			Optional<String> length = header("Content-Length");
			if (length.isPresent()) {
				copy(in, body, Long.parseLong(length.get()));
				return true;
			}
			in.transferTo(body);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void copy(InputStream in, ByteArrayOutputStream body, long length) throws IOException {
		long left = length;
		byte[] buffer = new byte[65536];
		while (left > 0) {
			int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
			if (count < 0) {
				throw new EOFException("cut");
			}
			body.write(buffer, 0, count);
			left -= count;
		}
	}

	private static List<String> readFields(InputStream in) throws IOException {
		List<String> fields = new ArrayList<>();
		String line = readLine(in);
		while (!line.isEmpty()) {
			fields.add(line);
			line = readLine(in);
		}
		return fields;
	}

	private static String readLine(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int next = in.read();
		while (next != '\n') {
			if (next < 0) {
				throw new EOFException("The connection was closed after '" + line + "'");
			}
			line.write(next);
			next = in.read();
		}
		String text = line.toString(StandardCharsets.ISO_8859_1);
		return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
	}

	/**
	 * The body as text.
	 */
	public String body() {
		return new String(this.bytes, StandardCharsets.UTF_8);
	}

	/**
	 * The first value of a header field.
	 */
	public Optional<String> header(String name) {
		return headers(name).stream().findFirst();
	}

	/**
	 * All values of a header field, in their order.
	 */
	public List<String> headers(String name) {
		String prefix = name + ":";
		return this.headers.stream()
			.filter((line) -> line.regionMatches(true, 0, prefix, 0, prefix.length()))
			.map((line) -> line.substring(prefix.length()).strip())
			.toList();
	}

}
