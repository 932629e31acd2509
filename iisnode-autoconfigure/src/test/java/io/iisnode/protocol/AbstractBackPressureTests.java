package io.iisnode.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever reads slowly slows down the writer at the other end, and nothing piles up in
 * between.
 */
abstract class AbstractBackPressureTests {

	/**
	 * Tells how many bytes have left or reached it.
	 */
	static final String SCRIPT = """
			const block = Buffer.alloc(65536, 'x');
			let moved = 0;
			let waiting;
			require('http').createServer((req, res) => {
			  const query = new URL(req.url, 'http://a').searchParams;
			  if (query.has('moved')) {
			    res.end(String(moved));
			  } else if (query.has('go')) {
			    waiting.resume();
			    res.end();
			  } else if (query.has('download')) {
			    let left = Number(query.get('download'));
			    moved = 0;
			    res.setHeader('Connection', query.get('connection'));
			    res.flushHeaders();
			    const more = () => {
			      while (left > 0 && res.write(block)) {
			        left -= block.length;
			        moved += block.length;
			      }
			      if (left > 0) {
			        res.once('drain', more);
			        left -= block.length;
			        moved += block.length;
			      } else {
			        res.end();
			      }
			    };
			    more();
			  } else {
			    moved = 0;
			    waiting = req;
			    req.on('data', (piece) => { moved += piece.length; }).on('end', () => res.end(`got ${moved}`)).pause();
			  }
			}).listen(process.env.PORT);
			""";

	private static final long MEGABYTE = 1 << 20;

	/**
	 * What two sockets and the buffers on both sides of them may hold.
	 */
	private static final long ON_THE_WAY = 40 * MEGABYTE;

	private static final int MEMORY_IN_MEGABYTES = 24;

	@AfterEach
	void noSlotIsLeaked() {
		Wire.awaitIdle(ExchangeIntegrationTests.host(), "pressure");
	}

	@ParameterizedTest
	@CsvSource({ "keep-alive, 200", "close, 60" })
	void slowReaderPausesNode(String connection, int megabytes) throws IOException {
		long size = megabytes * MEGABYTE;
		long before = Leaks.megabytes();
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client
				.send("GET /pressure/?download=" + size + "&connection=" + connection + " HTTP/1.0\r\nHost: a\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			assertThat(standstill(AbstractBackPressureTests::movedByNode)).isLessThan(ON_THE_WAY);
			assertThat(Leaks.megabytes()).isPositive();
			assertThat(Leaks.megabytes() - before).isLessThan(MEMORY_IN_MEGABYTES);
			assertThat(lengthOf(client.input(), before)).isEqualTo(size);
		}
	}

	/**
	 * Reads to the end, with a look at the memory now and then.
	 */
	private static long lengthOf(InputStream input, long memoryBefore) throws IOException {
		byte[] buffer = new byte[(int) MEGABYTE];
		long length = 0;
		int count = input.readNBytes(buffer, 0, buffer.length);
		while (count > 0) {
			length += count;
			assertThat(Leaks.megabytes() - memoryBefore).isLessThan(MEMORY_IN_MEGABYTES);
			count = input.readNBytes(buffer, 0, buffer.length);
		}
		return length;
	}

	@Test
	void slowNodePausesTheClient() throws Exception {
		// Wine takes its time, and is given half of that.
		int blocks = (OS.current() != OS.WINDOWS) ? 1600 : 800;
		byte[] block = new byte[65536];
		long before = Leaks.megabytes();
		AtomicLong sent = new AtomicLong();
		try (RawClient client = ExchangeIntegrationTests.host().connect()) {
			client.send("POST /pressure/ HTTP/1.1\r\nHost: a\r\nContent-Length: " + blocks * 65536 + "\r\n\r\n");
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
				for (int i = 0; i < blocks; i++) {
					client.send(block);
					sent.addAndGet(block.length);
				}
			});
			assertThat(standstill(sent::get)).isLessThan(ON_THE_WAY);
			assertThat(Leaks.megabytes() - before).isLessThan(MEMORY_IN_MEGABYTES);
			ExchangeIntegrationTests.host().get("/pressure/?go");
			assertThat(client.response().body()).isEqualTo("got " + blocks * 65536);
			sending.get(20, TimeUnit.SECONDS);
			assertThat(Leaks.megabytes() - before).isLessThan(MEMORY_IN_MEGABYTES);
		}
	}

	private static long movedByNode() {
		return Long.parseLong(ExchangeIntegrationTests.host().get("/pressure/?moved").body());
	}

	/**
	 * Where a number stops growing.
	 */
	private static long standstill(LongSupplier number) {
		AtomicLong last = new AtomicLong(-1);
		return Wire.await()
			.pollInterval(250, TimeUnit.MILLISECONDS)
			.until(number::getAsLong, (now) -> last.getAndSet(now) == now);
	}

}
