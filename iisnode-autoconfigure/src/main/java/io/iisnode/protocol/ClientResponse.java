package io.iisnode.protocol;

import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where the answer goes. All methods are called on the event loop of the exchange.
 */
public interface ClientResponse {

	/**
	 * Passes an interim response (1xx but 101) on.
	 * @param head status and end-to-end header fields
	 */
	void interim(HttpResponse head);

	/**
	 * Sends a response that is here as a whole.
	 * @param head status and end-to-end header fields
	 * @param body the body, owned by the receiver; null if the response has none by
	 * definition (HEAD, 204, 304)
	 * @return completes when it has been handed to the client's connection
	 */
	Mono<Void> send(HttpResponse head, @Nullable ByteBuf body);

	/**
	 * Sends a response that is still arriving. The head goes out at once.
	 * @param head status and end-to-end header fields
	 * @param body the body; each buffer is the receiver's to release
	 * @param trailers the trailer fields, asked for at the end of the body
	 * @return completes when it has been handed to the client's connection
	 */
	Mono<Void> send(HttpResponse head, Flux<ByteBuf> body, Supplier<HttpHeaders> trailers);

	/**
	 * Sends a <code>101 Switching Protocols</code> and gives the client's connection away
	 * (RFC 9110, section 7.8). Asked for only if {@link ClientRequest#isUpgradable()}.
	 * @param head status and header fields, Upgrade and Connection among them
	 * @param successor takes the place of the handlers of HTTP in the pipeline of the
	 * connection as soon as the head has been written; gets what the client has sent
	 * since
	 * @param abandoned called, on any thread, if the successor never gets its place
	 * @return completes when the head has been handed to the client's connection
	 */
	Mono<Void> upgrade(HttpResponse head, ChannelHandler successor, Runnable abandoned);

	/**
	 * Announces, before the end of a response is sent, that the rest of the request is
	 * still wanted. The whole answer reaches the client all the same, but the request
	 * stays the one that is served: its body goes on, and no other takes its place.
	 * @param gone called, on any thread, if no more of the request can come
	 * @return to be run when no more of the request is wanted; null if the request cannot
	 * outlive its answer
	 */
	default @Nullable Runnable keepReceiving(Runnable gone) {
		return null;
	}

	/**
	 * Whether the client's connection takes more without buffering it.
	 * @return false while what was sent has not left
	 */
	boolean isWritable();

	/**
	 * Asks for a call as soon as {@link #isWritable()} has become true.
	 * @param action called once, on any thread
	 */
	void whenWritable(Runnable action);

}
