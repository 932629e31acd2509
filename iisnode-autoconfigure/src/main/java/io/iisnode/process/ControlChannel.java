package io.iisnode.process;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.Future;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.iisnode.transport.ConnectionSettings;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeConnector;

/**
 * The line to the agent inside a process. The agent listens on a pipe of its own; a
 * message is a line in the form <code>type=...&amp;key=value</code>, percent-encoded, so
 * that both sides read it with what their platform has.
 * <p>
 * Confined to one event loop but for {@link #send}.
 */
@Slf4j
final class ControlChannel {

	/**
	 * The agent's pipe is there some 30 ms after the launch: look for it often.
	 */
	private static final Duration RETRY_DELAY = Duration.ofMillis(10);

	private final EventLoop eventLoop;

	private final Consumer<Map<String, String>> listener;

	private final LineBuffer lines = new LineBuffer();

	private @Nullable PipeConnection connection;

	private boolean closed;

	ControlChannel(EventLoop eventLoop, Consumer<Map<String, String>> listener) {
		this.eventLoop = eventLoop;
		this.listener = listener;
	}

	/**
	 * Connects and says hello.
	 * @param connector makes the connection
	 * @param address the control pipe
	 * @param timeout how long to try
	 * @param wanted asked before each attempt
	 */
	void open(PipeConnector connector, PipeAddress address, Duration timeout, BooleanSupplier wanted) {
		int retries = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis() / RETRY_DELAY.toMillis() + 1);
		ConnectionSettings settings = new ConnectionSettings(retries, RETRY_DELAY, 0, Duration.ZERO);
		connector.connect(this.eventLoop, address, settings, wanted).addListener((Future<PipeConnection> future) -> {
			if (future.isSuccess()) {
				connected(future.getNow());
			}
			else {
				log.debug("No control channel at {}", address, future.cause());
			}
		});
	}

	private void connected(PipeConnection opened) {
		if (this.closed) {
			opened.close();
			return;
		}
		this.connection = opened;
		opened.receive()
			.concatMapIterable(this.lines::append)
			.subscribe(this::received, (ex) -> log.debug("Control channel failed", ex));
		send("hello", Map.of());
	}

	private void received(String line) {
		try {
			Map<String, String> message = new LinkedHashMap<>();
			new QueryStringDecoder(line, StandardCharsets.UTF_8, false).parameters()
				.forEach((key, values) -> message.put(key, values.get(0)));
			this.listener.accept(message);
		}
		catch (RuntimeException ex) {
			log.debug("Control message not understood: {}", line, ex);
		}
	}

	/**
	 * Sends a message. Any thread; lost if there is no connection.
	 * @param type its type
	 * @param values its values
	 */
	void send(String type, Map<String, String> values) {
		StringBuilder line = new StringBuilder("type=").append(type);
		values.forEach((key, value) -> line.append('&')
			.append(key)
			.append('=')
			.append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
		line.append('\n');
		this.eventLoop.execute(() -> {
			PipeConnection current = this.connection;
			if (current != null) {
				current.send(Mono.fromSupplier(() -> Unpooled.copiedBuffer(line, StandardCharsets.UTF_8)))
					.subscribe((done) -> {
					}, (ex) -> log.debug("Control message {} not sent", type, ex));
			}
		});
	}

	/**
	 * Closes the line. Any thread.
	 */
	void close() {
		this.eventLoop.execute(() -> {
			this.closed = true;
			if (this.connection != null) {
				this.connection.close();
			}
		});
	}

	/**
	 * Collects bytes until a line is whole. Overlong lines are dropped: what comes from a
	 * node process is not trusted to be well-behaved.
	 */
	private static final class LineBuffer {

		private static final int MAX_LENGTH = 64 * 1024;

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private boolean overlong;

		List<String> append(ByteBuf buffer) {
			try {
				List<String> complete = new ArrayList<>();
				while (buffer.isReadable()) {
					byte next = buffer.readByte();
					if (next == '\n') {
						end(complete);
					}
					else if (this.bytes.size() < MAX_LENGTH) {
						this.bytes.write(next);
					}
					else {
						this.overlong = true;
					}
				}
				return complete;
			}
			finally {
				buffer.release();
			}
		}

		private void end(List<String> complete) {
			if (!this.overlong) {
				complete.add(this.bytes.toString(StandardCharsets.UTF_8));
			}
			this.bytes.reset();
			this.overlong = false;
		}

	}

}
