package io.iisnode.protocol;

import java.time.Duration;
import java.util.function.Consumer;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * The header field <code>Keep-Alive: timeout=5</code>, by which node tells after how many
 * seconds it closes an idle connection (Node.js documentation,
 * <code>server.keepAliveTimeout</code>).
 */
final class KeepAlive {

	private static final String NAME = "Keep-Alive";

	private static final String TIMEOUT = "timeout=";

	private KeepAlive() {
	}

	static void announcedBy(HttpHeaders headers, Consumer<Duration> consumer) {
		String value = headers.get(NAME);
		if (value == null) {
			return;
		}
		for (String parameter : value.split(",")) {
			String stripped = parameter.strip();
			if (stripped.startsWith(TIMEOUT)) {
				try {
					consumer.accept(Duration.ofSeconds(Integer.parseInt(stripped.substring(TIMEOUT.length()))));
				}
				catch (NumberFormatException ex) {
					// Not a promise that we understand.
				}
			}
		}
	}

}
