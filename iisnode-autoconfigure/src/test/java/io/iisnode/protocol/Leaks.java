package io.iisnode.protocol;

import java.util.Arrays;
import java.util.List;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import org.springframework.boot.test.system.CapturedOutput;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Buffers that nobody has released, and the memory of all.
 */
final class Leaks {

	private Leaks() {
	}

	/**
	 * Netty's leak detector has not complained. It does so when it tracks a new buffer
	 * after the garbage collector has found a lost one.
	 */
	static void assertNone(CapturedOutput output) {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
		for (int i = 0; i < 3; i++) {
			System.gc();
			Wire.pause(20);
			ByteBufAllocator.DEFAULT.buffer().release();
		}
		assertThat(leaks(output)).isEmpty();
	}

	/**
	 * The reports of the detector, but for those about HTTP clients of other tests in
	 * this JVM: we use no such codec.
	 */
	private static List<String> leaks(CapturedOutput output) {
		return Arrays.stream(output.getAll().split("(?=LEAK:)"))
			.filter((report) -> report.startsWith("LEAK:"))
			.filter((report) -> !report.contains("io.netty.handler.codec.http.HttpClientCodec"))
			.toList();
	}

	/**
	 * Megabytes that Netty holds.
	 */
	static long megabytes() {
		return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory() >> 20;
	}

}
