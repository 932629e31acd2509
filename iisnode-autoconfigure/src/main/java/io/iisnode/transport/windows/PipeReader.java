package io.iisnode.transport.windows;

import java.io.IOException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator;

/**
 * The reading half of a {@link NamedPipeChannel}: at most one read is pending, and none
 * is started that nobody has asked for.
 */
final class PipeReader {

	/**
	 * Largest buffer that waits for bytes: a connection that is idle holds one, however
	 * much it has read before. Node's pipes hold no more than that.
	 */
	private static final int MAX_POSTED = 64 * 1024;

	private final NamedPipeChannel channel;

	private boolean readWanted;

	private boolean readPending;

	private boolean delivering;

	PipeReader(NamedPipeChannel channel) {
		this.channel = channel;
	}

	/**
	 * Somebody wants to read.
	 */
	void begin() {
		this.readWanted = true;
		if (!this.delivering) {
			startRead();
		}
	}

	/**
	 * No further read is started. One that is pending may still deliver.
	 */
	void unwanted() {
		this.readWanted = false;
	}

	private void startRead() {
		NativePipe current = this.channel.pipe();
		if (current == null || this.readPending || this.channel.isInputShutdown() || !this.readWanted) {
			return;
		}
		ByteBuf buffer;
		try {
			int size = Math.min(Math.max(1, allocation().guess()), MAX_POSTED);
			buffer = this.channel.config().getAllocator().directBuffer(size);
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			return;
		}
		int count = 0;
		int code = 0;
		try {
			count = read(current, buffer);
		}
		catch (IOException ex) {
			code = codeOf(ex);
		}
		if (count != NativePipe.PENDING) {
			this.readPending = true;
			// Not in this call: who asks to read does not expect to be told at once.
			int transferred = count;
			int errorCode = code;
			this.channel.eventLoop().execute(() -> readEnded(buffer, transferred, errorCode));
		}
	}

	/**
	 * Starts one read. The buffer is given back by whoever hears of its end, or by this
	 * if it throws what the system has not said.
	 */
	private int read(NativePipe current, ByteBuf buffer) throws IOException {
		this.readPending = true;
		int count = 0;
		try {
			count = current.read(buffer, (transferred, code) -> readEnded(buffer, transferred, code));
		}
		catch (RuntimeException | Error ex) {
			buffer.release();
			throw ex;
		}
		finally {
			this.readPending = count == NativePipe.PENDING;
		}
		return count;
	}

	private void readEnded(ByteBuf buffer, int transferred, int errorCode) {
		this.readPending = false;
		if (this.channel.pipe() == null || this.channel.isInputShutdown()) {
			buffer.release();
			return;
		}
		this.delivering = true;
		try {
			deliver(buffer, transferred, errorCode);
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
		}
		finally {
			this.delivering = false;
		}
		startRead();
	}

	private void deliver(ByteBuf first, int transferred, int errorCode) {
		RecvByteBufAllocator.ExtendedHandle allocation = allocation();
		allocation.reset(this.channel.config());
		ByteBuf buffer = first;
		int count = transferred;
		int code = errorCode;
		while (code == 0 && count > 0) {
			allocation.attemptedBytesRead(buffer.writableBytes());
			allocation.lastBytesRead(count);
			allocation.incMessagesRead(1);
			this.readWanted = false;
			buffer.writerIndex(buffer.writerIndex() + count);
			this.channel.pipeline().fireChannelRead(buffer);
			NativePipe current = this.channel.pipe();
			if (current == null || this.channel.isInputShutdown() || !allocation.continueReading()) {
				break;
			}
			// There may be more: without a packet, if it is there.
			buffer = allocation.allocate(this.channel.config().getAllocator());
			try {
				count = read(current, buffer);
			}
			catch (IOException ex) {
				code = codeOf(ex);
			}
		}
		if (!this.readPending && (code != 0 || count == 0)) {
			buffer.release();
		}
		allocation.readComplete();
		this.channel.pipeline().fireChannelReadComplete();
		if (code != 0) {
			ended(code);
		}
	}

	private static int codeOf(IOException failure) {
		int code = Errors.codeOf(failure);
		return (code != 0) ? code : Errors.BROKEN_PIPE;
	}

	/**
	 * Something that is not the pipe's has failed, such as an allocation. It ends this
	 * channel, and must not end the event loop that all others share.
	 */
	private void failed(Throwable cause) {
		// First, so that nobody who hears of it reads on.
		this.channel.unsafe().close(this.channel.voidPromise());
		this.channel.pipeline().fireExceptionCaught(cause);
	}

	private RecvByteBufAllocator.ExtendedHandle allocation() {
		return (RecvByteBufAllocator.ExtendedHandle) this.channel.unsafe().recvBufAllocHandle();
	}

	private void ended(int code) {
		if (code != Errors.OPERATION_ABORTED && !Errors.isEndOfStream(code)) {
			this.channel.pipeline().fireExceptionCaught(Errors.of("Reading", code));
		}
		if (code != Errors.OPERATION_ABORTED || !this.channel.isInputShutdown()) {
			this.channel.unsafe().close(this.channel.voidPromise());
		}
	}

}
