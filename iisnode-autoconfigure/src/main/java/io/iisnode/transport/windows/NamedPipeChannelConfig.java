package io.iisnode.transport.windows;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.DomainSocketChannelConfig;
import io.netty.channel.unix.DomainSocketReadMode;

/**
 * Options of a {@link NamedPipeChannel}: those of every channel.
 */
final class NamedPipeChannelConfig extends DefaultChannelConfig implements DomainSocketChannelConfig {

	NamedPipeChannelConfig(NamedPipeChannel channel) {
		super(channel);
	}

	@Override
	@Deprecated
	public NamedPipeChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
		super.setMaxMessagesPerRead(maxMessagesPerRead);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
		super.setConnectTimeoutMillis(connectTimeoutMillis);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setWriteSpinCount(int writeSpinCount) {
		super.setWriteSpinCount(writeSpinCount);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setAllocator(ByteBufAllocator allocator) {
		super.setAllocator(allocator);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
		super.setRecvByteBufAllocator(allocator);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setAutoRead(boolean autoRead) {
		super.setAutoRead(autoRead);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setAutoClose(boolean autoClose) {
		super.setAutoClose(autoClose);
		return this;
	}

	@Override
	@Deprecated
	public NamedPipeChannelConfig setWriteBufferHighWaterMark(int highWaterMark) {
		super.setWriteBufferHighWaterMark(highWaterMark);
		return this;
	}

	@Override
	@Deprecated
	public NamedPipeChannelConfig setWriteBufferLowWaterMark(int lowWaterMark) {
		super.setWriteBufferLowWaterMark(lowWaterMark);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
		super.setWriteBufferWaterMark(waterMark);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
		super.setMessageSizeEstimator(estimator);
		return this;
	}

	@Override
	public NamedPipeChannelConfig setReadMode(DomainSocketReadMode mode) {
		if (mode != DomainSocketReadMode.BYTES) {
			throw new IllegalArgumentException("Named pipes carry bytes only");
		}
		return this;
	}

	@Override
	public DomainSocketReadMode getReadMode() {
		return DomainSocketReadMode.BYTES;
	}

	/**
	 * Whether the owner takes what arrives at once.
	 */
	@Override
	protected void autoReadCleared() {
		((NamedPipeChannel) this.channel).readUnwanted();
	}

}
