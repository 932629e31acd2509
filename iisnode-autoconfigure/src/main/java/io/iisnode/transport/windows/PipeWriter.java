package io.iisnode.transport.windows;

import java.io.IOException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * The writing half of a {@link NamedPipeChannel}: at most one write is pending, and what
 * is flushed meanwhile goes together into the next one.
 */
final class PipeWriter {

	private final NamedPipeChannel channel;

	private boolean writePending;

	PipeWriter(NamedPipeChannel channel) {
		this.channel = channel;
	}

	boolean isPending() {
		return this.writePending;
	}

	/**
	 * Writes what is flushed, until a write does not end at once.
	 */
	void write(ChannelOutboundBuffer out) throws IOException {
		NativePipe current = this.channel.pipe();
		int writesLeft = this.channel.config().getWriteSpinCount();
		while (current != null && !this.writePending) {
			ByteBuf data = WriteBuffers.next(out, this.channel.config().getAllocator());
			if (data == null) {
				return;
			}
			int count;
			// True until the bytes are removed: that calls listeners, which may flush.
			this.writePending = true;
			try {
				count = current.write(data, (transferred, code) -> writeEnded(data, transferred, code));
			}
			catch (IOException | RuntimeException | Error ex) {
				this.writePending = false;
				data.release();
				throw ex;
			}
			if (count == NativePipe.PENDING) {
				return;
			}
			data.release();
			out.removeBytes(count);
			this.writePending = false;
			current = this.channel.pipe();
			if (--writesLeft <= 0 && !out.isEmpty()) {
				this.channel.eventLoop().execute(this.channel::flushNow);
				return;
			}
		}
	}

	private void writeEnded(ByteBuf data, int transferred, int errorCode) {
		data.release();
		ChannelOutboundBuffer out = this.channel.unsafe().outboundBuffer();
		if (out == null) {
			this.writePending = false;
			return;
		}
		if (transferred > 0) {
			out.removeBytes(transferred);
		}
		this.writePending = false;
		if (errorCode != 0) {
			this.channel.writeFailed(Errors.of("Writing", errorCode));
		}
		else {
			this.channel.flushNow();
		}
	}

}
