package io.iisnode.transport.windows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes one write of what is flushed: pipes cannot gather, and a head with the beginning
 * of its body should not be two system calls.
 */
final class WriteBuffers {

	/**
	 * The size of the buffers that node gives its pipes. More in one write would be held
	 * by the system for a process that does not read.
	 */
	static final int MAX_WRITE = 64 * 1024;

	/** From here on a buffer is written as it is. */
	private static final int LARGE = 16 * 1024;

	private WriteBuffers() {
	}

	/**
	 * The next bytes to write.
	 * @param out what is flushed; nothing is removed but empty messages at its front
	 * @param allocator makes the buffer
	 * @return a direct buffer of one piece, owned by the caller, or null if there is
	 * nothing to write
	 */
	static @Nullable ByteBuf next(ChannelOutboundBuffer out, ByteBufAllocator allocator) {
		ByteBuf first = (ByteBuf) out.current();
		while (first != null && !first.isReadable()) {
			out.remove();
			first = (ByteBuf) out.current();
		}
		if (first == null) {
			return null;
		}
		if (first.readableBytes() >= LARGE && first.isDirect() && first.nioBufferCount() == 1) {
			return first.retainedSlice(first.readerIndex(), Math.min(first.readableBytes(), MAX_WRITE));
		}
		long flushed = Math.max(first.readableBytes(), out.totalPendingWriteBytes());
		ByteBuf copy = allocator.directBuffer((int) Math.min(MAX_WRITE, flushed));
		try {
			out.forEachFlushedMessage((message) -> {
				ByteBuf buffer = (ByteBuf) message;
				int length = Math.min(buffer.readableBytes(), MAX_WRITE - copy.readableBytes());
				copy.writeBytes(buffer, buffer.readerIndex(), length);
				return copy.readableBytes() < MAX_WRITE;
			});
			return copy;
		}
		catch (Exception ex) {
			copy.release();
			throw new IllegalStateException(ex);
		}
	}

}
