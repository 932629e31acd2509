package io.iisnode.compatibility;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A WebSocket whose messages are waited for.
 */
final class Conversation implements WebSocket.Listener, AutoCloseable {

	private static final int SECONDS = 30;

	private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

	private final BlockingQueue<byte[]> binaries = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

	private final StringBuilder text = new StringBuilder();

	private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

	private @Nullable WebSocket socket;

	static Conversation open(URI uri, String... protocols) throws Exception {
		Conversation conversation = new Conversation();
		WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
		if (protocols.length > 0) {
			builder.subprotocols(protocols[0]);
		}
		conversation.socket = builder.buildAsync(uri, conversation).get(SECONDS, TimeUnit.SECONDS);
		return conversation;
	}

	WebSocket socket() {
		WebSocket open = this.socket;
		assertThat(open).isNotNull();
		return open;
	}

	void send(String message) throws Exception {
		socket().sendText(message, true).get(SECONDS, TimeUnit.SECONDS);
	}

	@Nullable String next() throws InterruptedException {
		return this.texts.poll(SECONDS, TimeUnit.SECONDS);
	}

	byte @Nullable [] nextBinary() throws InterruptedException {
		return this.binaries.poll(SECONDS, TimeUnit.SECONDS);
	}

	int closeCode() throws Exception {
		return this.closeCode.get(SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			this.texts.add(this.text.toString());
			this.text.setLength(0);
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
		byte[] bytes = new byte[data.remaining()];
		data.get(bytes);
		this.binary.writeBytes(bytes);
		if (last) {
			this.binaries.add(this.binary.toByteArray());
			this.binary.reset();
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
		this.closeCode.complete(statusCode);
		return null;
	}

	@Override
	public void onError(WebSocket webSocket, Throwable error) {
		this.closeCode.completeExceptionally(error);
	}

	@Override
	public void close() {
		if (this.socket != null) {
			this.socket.abort();
		}
	}

}
