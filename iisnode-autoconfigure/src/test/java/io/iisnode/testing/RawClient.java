package io.iisnode.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A client that sends exactly the bytes it is told to and hides nothing of the answer.
 * Every read ends after 20 s at the latest.
 */
public final class RawClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 20_000;

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private RawClient(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream());
		this.out = socket.getOutputStream();
	}

	public static RawClient connect(int port) {
		try {
			Socket socket = new Socket();
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
			return new RawClient(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Talks over a connection that somebody else has made, with TLS for instance.
	 */
	public static RawClient over(Socket socket) {
		try {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			return new RawClient(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends text as ISO 8859-1; write line ends as {@code \r\n}.
	 */
	public RawClient send(String text) {
		return send(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	public RawClient send(byte[] bytes) {
		try {
			this.out.write(bytes);
			this.out.flush();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A GET with a Host header, and its response.
	 */
	public RawResponse get(String target) {
		return send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n").response();
	}

	/**
	 * Reads the next response to a request that is not a HEAD, interim ones included.
	 */
	public RawResponse response() {
		return RawResponse.read(this.in, false);
	}

	/**
	 * Reads the next response to a HEAD.
	 */
	public RawResponse responseToHead() {
		return RawResponse.read(this.in, true);
	}

	/**
	 * Reads status line and header fields only.
	 */
	public RawResponse head() {
		return RawResponse.readHead(this.in);
	}

	/**
	 * Waits for the next byte and leaves it.
	 */
	public void awaitInput() {
		try {
			this.in.mark(1);
			this.in.read();
			this.in.reset();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The rest of the connection as it comes.
	 */
	public InputStream input() {
		return this.in;
	}

	/**
	 * Waits until the other side closes.
	 * @return whether it did so without sending anything more; a reset counts as closed
	 */
	public boolean isClosedByPeer() {
		try {
			return this.in.read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	public void shutdownOutput() {
		try {
			this.socket.shutdownOutput();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Closes with a reset, as a client does that dies.
	 */
	public void reset() {
		try {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
