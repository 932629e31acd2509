package io.iisnode.transport.windows;

import java.io.IOException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator;

/**
 * The reading half of a {@link NamedPipeChannel}: at most one read is pending, and none
 * is started that nobody has asked for.
 */
final class PipeReader {

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
		RecvByteBufAllocator.ExtendedHandle allocation = allocation();
		ByteBuf buffer = this.channel.config().getAllocator().directBuffer(Math.max(1, allocation.guess()));
		this.readPending = true;
		int count;
		int errorCode = 0;
		try {
			count = current.read(buffer, (transferred, code) -> readEnded(buffer, transferred, code));
		}
		catch (IOException ex) {
			count = 0;
			errorCode = (Errors.codeOf(ex) != 0) ? Errors.codeOf(ex) : Errors.BROKEN_PIPE;
		}
		if (count != NativePipe.PENDING) {
			// Not in this call: who asks to read does not expect to be told at once.
			int transferred = count;
			int code = errorCode;
			this.channel.eventLoop().execute(() -> readEnded(buffer, transferred, code));
		}
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
			ByteBuf next = allocation.allocate(this.channel.config().getAllocator());
			try {
				this.readPending = true;
				count = current.read(next, (moreTransferred, moreCode) -> readEnded(next, moreTransferred, moreCode));
				this.readPending = count == NativePipe.PENDING;
			}
			catch (IOException ex) {
				this.readPending = false;
				code = (Errors.codeOf(ex) != 0) ? Errors.codeOf(ex) : Errors.BROKEN_PIPE;
			}
			buffer = next;
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
