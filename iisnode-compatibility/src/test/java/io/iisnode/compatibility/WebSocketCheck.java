package io.iisnode.compatibility;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What each framework does with WebSockets.
 */
enum WebSocketCheck {

	/**
	 * It knows nothing of them: the request is answered as any other, or, as Next.js does
	 * it, by closing the connection.
	 */
	NONE {

		@Override
		void run(Site hosted, Site direct) {
			int refusal = refusal(direct);
			assertThat(refusal(hosted)).isEqualTo((refusal != CLOSED) ? refusal : 502);
		}

	},

	/**
	 * It sends back what it gets.
	 */
	ECHO {

		@Override
		void run(Site hosted, Site direct) throws Exception {
			assertTalks(hosted, "hello", "hello");
			byte[] data = new byte[200_000];
			new Random(7).nextBytes(data);
			try (Conversation conversation = Conversation.open(hosted.webSocket("/ws"))) {
				conversation.socket().sendBinary(ByteBuffer.wrap(data), true).get(30, TimeUnit.SECONDS);
				assertThat(conversation.nextBinary()).isEqualTo(data);
			}
		}

	},

	/**
	 * It sends back text.
	 */
	TEXT {

		@Override
		void run(Site hosted, Site direct) throws Exception {
			assertTalks(hosted, "hello", "hello");
		}

	},

	/**
	 * A gateway of NestJS: messages are events in JSON.
	 */
	EVENTS {

		@Override
		void run(Site hosted, Site direct) throws Exception {
			String event = "{\"event\":\"echo\",\"data\":\"hello\"}";
			assertTalks(hosted, event, event);
		}

	},

	/**
	 * The protocol of graphql-ws.
	 */
	GRAPHQL {

		@Override
		void run(Site hosted, Site direct) throws Exception {
			try (Conversation conversation = Conversation.open(hosted.webSocket("/graphql"), "graphql-transport-ws")) {
				assertThat(conversation.socket().getSubprotocol()).isEqualTo("graphql-transport-ws");
				conversation.send("{\"type\":\"connection_init\"}");
				assertThat(conversation.next()).contains("connection_ack");
				conversation.send("{\"id\":\"1\",\"type\":\"subscribe\","
						+ "\"payload\":{\"query\":\"subscription { chunks(count: 2) }\"}}");
				assertThat(conversation.next()).contains("\"next\"", "chunk 1");
				assertThat(conversation.next()).contains("\"next\"", "chunk 2");
				assertThat(conversation.next()).contains("\"complete\"");
			}
		}

	},

	/**
	 * By its own client, which decides between polling and WebSocket.
	 */
	SOCKET_IO {

		@Override
		void run(Site hosted, Site direct) throws Exception {
			SocketIoClient.run(hosted.uri("/"), "polling");
			SocketIoClient.run(hosted.uri("/"), "websocket");
			SocketIoClient.run(hosted.uri("/"), "polling,websocket");
		}

	};

	private static final int CLOSED = 0;

	/**
	 * Runs the check.
	 */
	abstract void run(Site hosted, Site direct) throws Exception;

	static WebSocketCheck of(Framework framework) {
		return switch (framework) {
			case FASTIFY, WS -> ECHO;
			case NUXT -> TEXT;
			case NEST -> EVENTS;
			case YOGA -> GRAPHQL;
			case SOCKET_IO -> SOCKET_IO;
			default -> NONE;
		};
	}

	/**
	 * Text there and back, then a close whose code comes back too.
	 */
	private static void assertTalks(Site hosted, String text, String answer) throws Exception {
		try (Conversation conversation = Conversation.open(hosted.webSocket("/ws"))) {
			conversation.send(text);
			assertThat(conversation.next()).isEqualTo(answer);
			conversation.send(text);
			assertThat(conversation.next()).isEqualTo(answer);
			conversation.socket().sendClose(4321, "enough").get(30, TimeUnit.SECONDS);
			assertThat(conversation.closeCode()).isEqualTo(4321);
		}
	}

	private static int refusal(Site site) {
		CompletionException ex = catchThrowableOfType(CompletionException.class,
				() -> HttpClient.newHttpClient()
					.newWebSocketBuilder()
					.buildAsync(site.webSocket("/"), new WebSocket.Listener() {
					})
					.join());
		assertThat(ex).as("refusal of an upgrade").hasCauseInstanceOf(IOException.class);
		return (ex.getCause() instanceof WebSocketHandshakeException refused) ? refused.getResponse().statusCode()
				: CLOSED;
	}

}
