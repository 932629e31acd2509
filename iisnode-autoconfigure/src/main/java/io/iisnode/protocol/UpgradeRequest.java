package io.iisnode.protocol;

import java.util.List;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * The wish of a client to leave HTTP (RFC 9110, section 7.8).
 */
public final class UpgradeRequest {

	private static final String HTTP_2 = "h2c";

	private UpgradeRequest() {
	}

	/**
	 * Whether an HTTP/1.1 request asks for an upgrade that node can be asked for. One
	 * with a body does not: it would have to be received before. HTTP/2 is the business
	 * of the web server, and not offered by node. Any thread.
	 * @param headers the header fields of the request
	 * @return whether to pass the wish on
	 */
	public static boolean isIn(HttpHeaders headers) {
		if (!headers.contains(HttpHeaderNames.UPGRADE) || hasBody(headers)) {
			return false;
		}
		List<String> protocols = HeaderRules.tokens(headers, HttpHeaderNames.UPGRADE);
		return !protocols.isEmpty() && !protocols.contains(HTTP_2)
				&& HeaderRules.tokens(headers, HttpHeaderNames.CONNECTION).contains("upgrade");
	}

	/**
	 * Whether a request has a body: if one of these fields says so (RFC 9112, section
	 * 6.3).
	 * @param headers the header fields of the request
	 * @return whether they announce a body
	 */
	public static boolean hasBody(HttpHeaders headers) {
		String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
		return (length != null) ? !length.strip().equals("0") : headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
	}

	/**
	 * Whether a response has switched to WebSocket (RFC 6455, section 4.2.2).
	 */
	static boolean isWebSocket(HttpHeaders response) {
		return HeaderRules.tokens(response, HttpHeaderNames.UPGRADE).contains("websocket");
	}

}
