package io.iisnode.web;

import java.net.InetSocketAddress;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that tell a Node application who its client is, in iisnode's form
 * (<code>enable-xff</code>).
 */
final class ForwardedFields {

	private static final String FORWARDED_FOR = "X-Forwarded-For";

	private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

	private ForwardedFields() {
	}

	/**
	 * Adds the client's address to those of the proxies before us, unless it stands there
	 * already, and its scheme, unless a proxy has told it.
	 * @param headers the fields of the request; not changed
	 * @param client address of the client, null if unknown
	 * @param scheme scheme of its request
	 * @return a copy with the fields
	 */
	static HttpHeaders add(HttpHeaders headers, @Nullable InetSocketAddress client, @Nullable String scheme) {
		HttpHeaders result = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders().add(headers);
		if (client != null && client.getAddress() != null) {
			String address = client.getAddress().getHostAddress();
			String before = String.join(", ", headers.getAll(FORWARDED_FOR));
			if (before.isBlank()) {
				result.set(FORWARDED_FOR, address);
			}
			else if (!before.equals(address) && !before.endsWith(", " + address) && !before.endsWith("," + address)) {
				result.set(FORWARDED_FOR, before + ", " + address);
			}
		}
		if (scheme != null && !headers.contains(FORWARDED_PROTO)) {
			result.set(FORWARDED_PROTO, scheme);
		}
		return result;
	}

}
