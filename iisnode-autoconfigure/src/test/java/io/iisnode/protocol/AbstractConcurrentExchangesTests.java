package io.iisnode.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many exchanges at the same time.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractConcurrentExchangesTests {

	private static final int CLIENTS = 16;

	@Test
	void eachClientGetsItsOwnBodyBackWhole(CapturedOutput output) throws Exception {
		int times = ExchangeIntegrationTests.isUsualMode() ? 63 : 16;
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
		try {
			List<CompletableFuture<Void>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				Random random = new Random(i);
				clients.add(CompletableFuture.runAsync(() -> echo(random, times), threads));
			}
			CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		}
		finally {
			threads.shutdownNow();
		}
		Wire.awaitIdle(ExchangeIntegrationTests.host(), "streams");
		Leaks.assertNone(output);
	}

	private static void echo(Random random, int times) {
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			for (int i = 0; i < times; i++) {
				byte[] body = new byte[random.nextInt(5) * random.nextInt(40_000)];
				random.nextBytes(body);
				client.send("POST /streams/echo HTTP/1.1\r\nHost: a\r\n");
				if (random.nextBoolean()) {
					client.send("Content-Length: " + body.length + "\r\n\r\n").send(body);
				}
				else {
					client.send("Transfer-Encoding: chunked\r\n\r\n").send(chunks(random, body));
				}
				RawResponse response = client.response();
				assertThat(response.status()).isEqualTo(200);
				assertThat(Arrays.equals(response.bytes(), body)).isTrue();
			}
		}
	}

	private static byte[] chunks(Random random, byte[] body) {
		ByteArrayOutputStream chunks = new ByteArrayOutputStream();
		int position = 0;
		while (position < body.length) {
			int length = Math.min(1 + random.nextInt(20_000), body.length - position);
			chunks.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
			chunks.write(body, position, length);
			chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
			position += length;
		}
		chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		return chunks.toByteArray();
	}

}
