package io.iisnode.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;

/**
 * Which header fields pass, in both directions. Fields that belong to one connection are
 * removed (RFC 9110, section 7.6.1), all others pass in their order, repeated ones too.
 */
final class HeaderRules {

	/**
	 * Bytes of a request line beside method and target: two blanks, version, line end.
	 */
	private static final int REQUEST_LINE_REST = 12;

	/**
	 * Bytes of a header line beside name and value: colon, blank, line end.
	 */
	private static final int HEADER_LINE_REST = 4;

	private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "proxy-connection", "te",
			"transfer-encoding", "upgrade");

	private HeaderRules() {
	}

	/**
	 * The head as node gets it.
	 */
	static HttpRequest toNode(ClientRequest request, boolean hasBody, boolean upgrade) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		copyEndToEnd(request, headers);
		request.tell(headers);
		if (!headers.contains(HttpHeaderNames.HOST)) {
			// HTTP/1.0 has none, but node refuses an HTTP/1.1 request without.
			headers.set(HttpHeaderNames.HOST, "localhost");
		}
		if (hasBody && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
			headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
		}
		if (upgrade) {
			headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
			headers.set(HttpHeaderNames.UPGRADE, request.headers().getAll(HttpHeaderNames.UPGRADE));
		}
		else {
			headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
		}
		if (hasBody) {
			return new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.target(), headers);
		}
		// Head and end in one buffer, and so in one system call.
		return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.target(),
				Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
	}

	/**
	 * Leaves in a response head what is for the client.
	 */
	static void toClient(HttpHeaders headers) {
		if (headers.contains(HttpHeaderNames.CONNECTION)) {
			connectionTokens(headers).forEach(headers::remove);
		}
		HOP_BY_HOP.forEach(headers::remove);
	}

	private static void copyEndToEnd(ClientRequest request, HttpHeaders target) {
		HttpHeaders source = request.headers();
		Set<String> named = source.contains(HttpHeaderNames.CONNECTION) ? connectionTokens(source) : Set.of();
		Iterator<Map.Entry<CharSequence, CharSequence>> iterator = source.iteratorCharSequence();
		while (iterator.hasNext()) {
			Map.Entry<CharSequence, CharSequence> field = iterator.next();
			String name = lowerCase(field.getKey());
			boolean away = named.contains(name) && request.canBeNamedAway(name, field.getValue());
			if (!HOP_BY_HOP.contains(name) && !away && !request.withholds(name, field.getValue())) {
				target.add(field.getKey(), field.getValue());
			}
		}
	}

	/**
	 * The fields that Connection names. What frames the message, or says whom it is for
	 * or from, cannot be named away.
	 */
	private static Set<String> connectionTokens(HttpHeaders headers) {
		Set<String> tokens = new HashSet<>();
		for (String token : tokens(headers, HttpHeaderNames.CONNECTION)) {
			if (!token.equals("content-length") && !token.equals("host") && !token.startsWith("x-forwarded-")) {
				tokens.add(token);
			}
		}
		return tokens;
	}

	static List<String> tokens(HttpHeaders headers, AsciiString name) {
		List<String> tokens = new ArrayList<>();
		for (String value : headers.getAll(name)) {
			for (String token : value.split(",")) {
				if (!token.isBlank()) {
					tokens.add(token.strip().toLowerCase(Locale.ROOT));
				}
			}
		}
		return tokens;
	}

	/**
	 * Leaves in the head of a <code>101 Switching Protocols</code> what is for the
	 * client: all but fields that it must not have (RFC 9110, section 8.6; RFC 9112,
	 * section 6.1).
	 */
	static void toUpgradedClient(HttpHeaders headers) {
		headers.remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
	}

	/**
	 * Length in bytes of the head on the wire.
	 */
	static long sizeOf(ClientRequest request) {
		long size = request.method().name().length() + request.target().length() + REQUEST_LINE_REST;
		Iterator<Map.Entry<CharSequence, CharSequence>> iterator = request.headers().iteratorCharSequence();
		while (iterator.hasNext()) {
			Map.Entry<CharSequence, CharSequence> field = iterator.next();
			size += field.getKey().length() + field.getValue().length() + HEADER_LINE_REST;
		}
		return size;
	}

	private static String lowerCase(CharSequence name) {
		return name.toString().toLowerCase(Locale.ROOT);
	}

}
