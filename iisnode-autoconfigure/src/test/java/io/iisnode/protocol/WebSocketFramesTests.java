package io.iisnode.protocol;

import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WebSocketFrames}.
 */
class WebSocketFramesTests {

	private final WebSocketFrames frames = new WebSocketFrames();

	@ParameterizedTest
	@CsvSource({ "0, false", "1, false", "125, true", "126, false", "127, true", "65535, false", "65536, true",
			"200000, false" })
	void boundaryIsWhereTheFrameEnds(int length, boolean masked) {
		ByteBuf frame = frame(0x82, length, masked);
		ByteBuf two = Unpooled.wrappedBuffer(frame, frame(0x81, 5, masked));
		int end = this.frames.passFrame(two, 0);
		assertThat(end).isEqualTo(frame.readableBytes());
		assertThat(this.frames.isAtBoundary()).isTrue();
		assertThat(this.frames.passFrame(two, end)).isEqualTo(two.readableBytes());
		assertThat(this.frames.isAtBoundary()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 7, 126, 300, 65536 })
	void bytesMayComeOneByOne(int length) {
		for (boolean masked : new boolean[] { true, false }) {
			ByteBuf frame = frame(0x02, length, masked);
			for (int i = 0; i < frame.readableBytes(); i++) {
				assertThat(this.frames.isAtBoundary()).as("before byte %s", i).isEqualTo(i == 0);
				this.frames.pass(frame.slice(i, 1));
			}
			assertThat(this.frames.isAtBoundary()).isTrue();
		}
	}

	@Test
	void anyFragmentationGivesTheSameBoundaries() {
		Random random = new Random(1);
		for (int round = 0; round < 200; round++) {
			ByteBuf all = Unpooled.buffer();
			int count = 1 + random.nextInt(20);
			for (int i = 0; i < count; i++) {
				all.writeBytes(frame(0x81, random.nextInt(3) * random.nextInt(70_000), random.nextBoolean()));
			}
			WebSocketFrames follower = new WebSocketFrames();
			int boundaries = 0;
			int index = 0;
			while (index < all.writerIndex()) {
				ByteBuf piece = all.slice(index, Math.min(1 + random.nextInt(5000), all.writerIndex() - index));
				int at = 0;
				while (at < piece.writerIndex()) {
					at = follower.passFrame(piece, at);
					boundaries += follower.isAtBoundary() ? 1 : 0;
				}
				index += piece.writerIndex();
			}
			assertThat(boundaries).isEqualTo(count);
			assertThat(follower.isClosed()).isFalse();
		}
	}

	@Test
	void closeFrameIsSeenWhenItsHeaderIsComplete() {
		ByteBuf close = WebSocketFrames.goingAway(ByteBufAllocator.DEFAULT, true);
		this.frames.pass(close.slice(0, 5));
		assertThat(this.frames.isClosed()).isFalse();
		this.frames.pass(close.slice(5, 1));
		assertThat(this.frames.isClosed()).isTrue();
		this.frames.pass(close.slice(6, 2));
		assertThat(this.frames.isAtBoundary()).isTrue();
		close.release();
	}

	@Test
	void goodbyeIsAFrameWithCode1001() {
		ByteBuf toClient = WebSocketFrames.goingAway(ByteBufAllocator.DEFAULT, false);
		assertThat(toClient.readUnsignedByte()).isEqualTo((short) 0x88);
		assertThat(toClient.readUnsignedByte()).isEqualTo((short) 2);
		assertThat(toClient.readUnsignedShort()).isEqualTo(1001);
		assertThat(toClient.isReadable()).isFalse();
		toClient.release();
		ByteBuf toNode = WebSocketFrames.goingAway(ByteBufAllocator.DEFAULT, true);
		assertThat(toNode.readUnsignedByte()).isEqualTo((short) 0x88);
		assertThat(toNode.readUnsignedByte()).isEqualTo((short) 0x82);
		int mask = toNode.readInt();
		assertThat(toNode.readUnsignedShort() ^ mask >>> 16).isEqualTo(1001);
		toNode.release();
	}

	@Test
	void lengthThatIsNotAllowedHasNoEnd() {
		ByteBuf frame = Unpooled.buffer().writeByte(0x82).writeByte(127).writeLong(-1).writeZero(1000);
		this.frames.pass(frame);
		assertThat(this.frames.isAtBoundary()).isFalse();
	}

	private static ByteBuf frame(int first, int length, boolean masked) {
		ByteBuf frame = Unpooled.buffer().writeByte(first);
		int mask = masked ? 0x80 : 0;
		if (length < 126) {
			frame.writeByte(mask | length);
		}
		else if (length < 65536) {
			frame.writeByte(mask | 126).writeShort(length);
		}
		else {
			frame.writeByte(mask | 127).writeLong(length);
		}
		if (masked) {
			frame.writeInt(0x88888888);
		}
		for (int i = 0; i < length; i++) {
			frame.writeByte(0x88);
		}
		return frame;
	}

}
