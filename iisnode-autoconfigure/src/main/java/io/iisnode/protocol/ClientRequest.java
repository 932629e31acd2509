package io.iisnode.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import reactor.core.publisher.Flux;

/**
 * The request of a client, whatever server received it.
 */
public interface ClientRequest {

	/**
	 * An identifier for log lines.
	 * @return the id of this request
	 */
	String id();

	/**
	 * The method.
	 * @return the method
	 */
	HttpMethod method();

	/**
	 * The request target in origin form or <code>*</code>, byte for byte as the client
	 * sent it.
	 * @return the target
	 */
	String target();

	/**
	 * The header fields, in their order.
	 * @return the fields; not changed by the bridge
	 */
	HttpHeaders headers();

	/**
	 * Whether there is a body: its length may be unknown though the client has told one.
	 * @return true if the application is to get one, be it empty
	 */
	default boolean hasBody() {
		return UpgradeRequest.hasBody(headers());
	}

	/**
	 * Whether a client can make a field of {@link #headers()} one of its connection, by
	 * naming it in <code>Connection</code>. What others have added, it cannot.
	 * @param name name of the field in small letters
	 * @param value its value
	 * @return false if the field passes whatever the client says
	 */
	default boolean canBeNamedAway(String name, CharSequence value) {
		return true;
	}

	/**
	 * Whether a field of {@link #headers()} is kept from the application.
	 * @param name name of the field in small letters
	 * @param value its value
	 * @return true to leave it out
	 */
	default boolean withholds(String name, CharSequence value) {
		return false;
	}

	/**
	 * Adds what the host itself tells the application. Nothing that the client has sent
	 * can remove it.
	 * @param target the fields that the application gets
	 */
	default void tell(HttpHeaders target) {
	}

	/**
	 * The body. Subscribed at most once, and only if {@link #hasBody() there is one}; a
	 * client that waits for <code>100 Continue</code> is told to go on by the
	 * subscription.
	 * @return the buffers, each the subscriber's to release; fails with an IOException if
	 * the client goes away before the end
	 */
	Flux<ByteBuf> body();

	/**
	 * The trailer fields.
	 * @return the fields, known at the end of the body
	 */
	HttpHeaders trailers();

	/**
	 * Whether {@link ClientResponse#upgrade} is possible, if node agrees.
	 * @return true for HTTP/1.1, whose connections can be used for something else
	 */
	default boolean isUpgradable() {
		return false;
	}

}
