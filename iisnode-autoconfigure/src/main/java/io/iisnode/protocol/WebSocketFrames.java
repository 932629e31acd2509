package io.iisnode.protocol;

import java.util.concurrent.ThreadLocalRandom;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Follows one direction of a WebSocket connection: where frames end, and whether a close
 * frame has passed. Looks at headers only and keeps no payload (RFC 6455, section 5.2).
 */
final class WebSocketFrames {

	private static final int GOING_AWAY = 1001;

	private static final byte FINAL_CLOSE = (byte) 0x88;

	private static final int CLOSE = 0x8;

	private static final int OPCODE = 0x0f;

	private static final int MASKED = 0x80;

	private static final int LENGTH = 0x7f;

	private static final int LENGTH_OF_2_BYTES = 126;

	private static final int LENGTH_OF_8_BYTES = 127;

	/**
	 * Bytes of the header that have passed; 0 between header and header.
	 */
	private int position;

	private int headerLength = 2;

	private int lengthEnd = 2;

	private int opcode;

	private long length;

	private long payloadLeft;

	private boolean closed;

	/**
	 * Whether the next byte begins a frame.
	 */
	boolean isAtBoundary() {
		return this.position == 0 && this.payloadLeft == 0;
	}

	/**
	 * Whether a close frame has begun to pass: no other may follow it.
	 */
	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Follows all bytes.
	 * @param bytes readable bytes; not changed
	 */
	void pass(ByteBuf bytes) {
		int index = bytes.readerIndex();
		while (index < bytes.writerIndex()) {
			index = passFrame(bytes, index);
		}
	}

	/**
	 * Follows bytes up to the end of the frame.
	 * @return the index behind the frame, or behind the bytes if it does not end in them
	 */
	int passFrame(ByteBuf bytes, int from) {
		int index = from;
		int end = bytes.writerIndex();
		do {
			if (this.payloadLeft > 0) {
				int passing = (int) Math.min(this.payloadLeft, end - index);
				this.payloadLeft -= passing;
				index += passing;
			}
			else {
				header(bytes.getByte(index) & 0xff);
				index++;
			}
		}
		while (index < end && !isAtBoundary());
		return index;
	}

	private void header(int next) {
		if (this.position == 0) {
			this.opcode = next & OPCODE;
		}
		else if (this.position == 1) {
			lengthField(next & LENGTH, (next & MASKED) != 0);
		}
		else if (this.position < this.lengthEnd) {
			this.length = this.length << Byte.SIZE | next;
		}
		this.position++;
		if (this.position > 1 && this.position == this.headerLength) {
			this.position = 0;
			// The first bit must be 0; one that is not will never be at an end.
			this.payloadLeft = this.length & Long.MAX_VALUE;
			this.closed |= this.opcode == CLOSE;
		}
	}

	private void lengthField(int field, boolean masked) {
		int bytes = switch (field) {
			case LENGTH_OF_2_BYTES -> Short.BYTES;
			case LENGTH_OF_8_BYTES -> Long.BYTES;
			default -> 0;
		};
		this.length = (bytes == 0) ? field : 0;
		this.lengthEnd = 2 + bytes;
		this.headerLength = this.lengthEnd + (masked ? Integer.BYTES : 0);
	}

	/**
	 * A close frame that says that this end goes away (RFC 6455, section 7.4.1).
	 * @param masked whether it goes to a server, which wants it masked
	 */
	static ByteBuf goingAway(ByteBufAllocator allocator, boolean masked) {
		ByteBuf frame = allocator.buffer(2 + Integer.BYTES + Short.BYTES).writeByte(FINAL_CLOSE);
		if (!masked) {
			return frame.writeByte(Short.BYTES).writeShort(GOING_AWAY);
		}
		int mask = ThreadLocalRandom.current().nextInt();
		return frame.writeByte(MASKED | Short.BYTES).writeInt(mask).writeShort(GOING_AWAY ^ mask >>> Short.SIZE);
	}

	@Override
	public String toString() {
		return "WebSocketFrames[payloadLeft=" + this.payloadLeft + ", position=" + this.position + "]";
	}

}
