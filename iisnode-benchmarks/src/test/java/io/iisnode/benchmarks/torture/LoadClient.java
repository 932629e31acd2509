package io.iisnode.benchmarks.torture;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that repeats nothing and hides nothing. It keeps its connection unless the
 * server says otherwise.
 */
final class LoadClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 30_000;

	/**
	 * In the error page of the host.
	 */
	private static final Pattern PROCESS = Pattern.compile("Process (\\d+) of application");

	private final int port;

	private Socket socket;

	private InputStream in;

	private long pid;

	LoadClient(int port) {
		this.port = port;
	}

	private void connect() throws IOException {
		if (this.socket == null) {
			Socket fresh = new Socket();
			this.socket = fresh;
			fresh.setTcpNoDelay(true);
			fresh.setSoTimeout(TIMEOUT_MILLIS);
			fresh.connect(new InetSocketAddress("127.0.0.1", this.port), TIMEOUT_MILLIS);
			this.in = new BufferedInputStream(fresh.getInputStream());
		}
	}

	/**
	 * Sends a request and reads the response to its end.
	 * @return the body
	 * @throws IOException if there is no whole response with status 200
	 */
	String exchange(String line, String type, byte[] body) throws IOException {
		boolean complete = false;
		this.pid = 0;
		try {
			connect();
			String head = line + " HTTP/1.1\r\nHost: test\r\n"
					+ ((body.length > 0) ? "Content-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n" : "")
					+ "\r\n";
			this.socket.getOutputStream().write(join(head.getBytes(StandardCharsets.ISO_8859_1), body));
			String text = response();
			complete = true;
			return text;
		}
		finally {
			if (!complete) {
				close();
			}
		}
	}

	/**
	 * The process that worked on the last request, as itself or the host has told.
	 * @return its id, 0 if nobody has told
	 */
	long pid() {
		return this.pid;
	}

	private static byte[] join(byte[] first, byte[] second) {
		byte[] all = new byte[first.length + second.length];
		System.arraycopy(first, 0, all, 0, first.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	private String response() throws IOException {
		String status = line();
		int length = -1;
		boolean chunked = false;
		boolean close = false;
		for (String field = line(); !field.isEmpty(); field = line()) {
			String lower = field.toLowerCase(Locale.ROOT);
			this.pid = lower.startsWith("x-pid:") ? Long.parseLong(lower.substring(6).strip()) : this.pid;
			length = lower.startsWith("content-length:") ? Integer.parseInt(lower.substring(15).strip()) : length;
			chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
			close |= lower.startsWith("connection:") && lower.contains("close");
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		if (chunked) {
			for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
				read(body, size);
				line();
			}
			line();
		}
		else {
			read(body, length);
		}
		if (close) {
			close();
		}
		if (!status.contains(" 200 ")) {
			String page = body.toString(StandardCharsets.UTF_8);
			Matcher process = PROCESS.matcher(page);
			this.pid = process.find() ? Long.parseLong(process.group(1)) : this.pid;
			throw new IOException(status + " " + page.strip());
		}
		return body.toString(StandardCharsets.UTF_8);
	}

	private void read(ByteArrayOutputStream body, int length) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("Cut in the middle of the body");
		}
		body.write(bytes);
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException("Closed after '" + line + "'");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	@Override
	public void close() {
		try {
			if (this.socket != null) {
				this.socket.close();
			}
		}
		catch (IOException ex) {
			// It is of no more use anyhow.
		}
		this.socket = null;
	}

}
