package io.iisnode.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the tests of the bridge do with the bytes of a connection.
 */
final class Wire {

	private Wire() {
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
	}

	/**
	 * Lets time pass where that is what is tested.
	 */
	static void pause(int millis) {
		Awaitility.await().pollDelay(Duration.ofMillis(millis)).pollInterval(Duration.ofMillis(1)).until(() -> true);
	}

	/**
	 * Nobody works for anybody any more: every slot has been given back.
	 */
	static void awaitIdle(NodeHost host, String application) {
		await().untilAsserted(() -> {
			assertThat(host.snapshot(application).activeRequests()).isZero();
			assertThat(host.snapshot(application).pendingRequests()).isZero();
		});
	}

	/**
	 * Reads up to and including a marker.
	 */
	static String readUntil(RawClient client, String marker) {
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		String text = "";
		while (!text.endsWith(marker)) {
			int next = read(client);
			if (next < 0) {
				throw new AssertionError("The connection was closed after '" + text + "'");
			}
			read.write(next);
			text = read.toString(StandardCharsets.ISO_8859_1);
		}
		return text;
	}

	private static int read(RawClient client) {
		try {
			return client.input().read();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Text with line ends as HTTP wants them.
	 */
	static String crlf(String text) {
		return text.replace("\n", "\r\n");
	}

	static String chunk(String text) {
		return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
	}

}
