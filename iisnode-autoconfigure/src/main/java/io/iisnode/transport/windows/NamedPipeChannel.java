package io.iisnode.transport.windows;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeConnection;

/**
 * The client's end of a named pipe as a Netty channel.
 * <p>
 * A pipe has one end of stream, not two: when the other end is closed the channel closes,
 * after what was still to be read. Shutting down the output means only that nothing more
 * is written; the other end hears of it when the channel closes.
 * <p>
 * It says that it is a domain socket channel because that is how clients of HTTP
 * recognise a connection that is neither TCP nor UDP.
 */
final class NamedPipeChannel extends AbstractChannel implements DomainSocketChannel {

	private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

	private final NamedPipeChannelConfig config = new NamedPipeChannelConfig(this);

	private final ServerCheck serverCheck;

	/** Null: that of the event loop. */
	private final @Nullable CompletionPort sharedPort;

	private final PipeReader reader = new PipeReader(this);

	private final PipeWriter writer = new PipeWriter(this);

	private volatile State state = State.OPEN;

	private @Nullable IoRegistration registration;

	private @Nullable NativePipe pipe;

	private volatile @Nullable DomainSocketAddress remote;

	private volatile boolean inputShutdown;

	private volatile boolean outputShutdown;

	/**
	 * Creates a channel.
	 * @param serverCheck checks who serves the pipe
	 * @param sharedPort a port at which another thread waits, for event loops of any
	 * kind; null: the event loop waits at one
	 */
	NamedPipeChannel(ServerCheck serverCheck, @Nullable CompletionPort sharedPort) {
		super(null);
		this.serverCheck = serverCheck;
		this.sharedPort = sharedPort;
		attr(PipeConnection.NO_HALF_CLOSE).set(Boolean.TRUE);
	}

	@Override
	protected PipeUnsafe newUnsafe() {
		return new PipeUnsafe();
	}

	@Override
	public NamedPipeChannelConfig config() {
		return this.config;
	}

	@Override
	public ChannelMetadata metadata() {
		return METADATA;
	}

	@Override
	public boolean isOpen() {
		return this.state != State.CLOSED;
	}

	@Override
	public boolean isActive() {
		return this.state == State.CONNECTED;
	}

	@Override
	public FileDescriptor fd() {
		throw new UnsupportedOperationException("A named pipe has a handle, not a file descriptor");
	}

	@Override
	public @Nullable DomainSocketAddress localAddress() {
		return null;
	}

	@Override
	public @Nullable DomainSocketAddress remoteAddress() {
		return this.remote;
	}

	@Override
	protected @Nullable SocketAddress localAddress0() {
		return null;
	}

	@Override
	protected @Nullable SocketAddress remoteAddress0() {
		return this.remote;
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return this.sharedPort != null || loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(PipeUnsafe.class);
	}

	@Override
	protected void doRegister(ChannelPromise promise) {
		if (this.sharedPort != null) {
			promise.setSuccess();
			return;
		}
		((IoEventLoop) eventLoop()).register((PipeUnsafe) unsafe()).addListener((Future<IoRegistration> future) -> {
			if (future.isSuccess()) {
				this.registration = future.getNow();
				promise.setSuccess();
			}
			else {
				promise.setFailure(future.cause());
			}
		});
	}

	@Override
	protected void doDeregister() {
		IoRegistration current = this.registration;
		if (current != null) {
			this.registration = null;
			current.cancel();
		}
	}

	@Override
	protected void doBind(SocketAddress localAddress) {
		throw new UnsupportedOperationException("A client's end has no address");
	}

	@Override
	protected void doDisconnect() {
		doClose();
	}

	@Override
	protected void doClose() {
		this.state = State.CLOSED;
		this.inputShutdown = true;
		this.outputShutdown = true;
		NativePipe current = this.pipe;
		if (current != null) {
			this.pipe = null;
			current.close();
		}
	}

	private void connect(DomainSocketAddress address) throws IOException {
		if (this.pipe != null) {
			throw new AlreadyConnectedException();
		}
		NativePipe opened = open(address.path());
		try {
			this.serverCheck.check(address.path(), opened.serverProcessId());
		}
		catch (IOException | RuntimeException ex) {
			opened.close();
			throw ex;
		}
		this.pipe = opened;
		this.remote = address;
		this.state = State.CONNECTED;
	}

	private NativePipe open(String name) throws IOException {
		if (this.sharedPort != null) {
			return this.sharedPort.open(name, eventLoop());
		}
		IoRegistration current = this.registration;
		if (current == null) {
			throw new ClosedChannelException();
		}
		CompletionPort port = current.attachment();
		// The thread that waits at the port is the loop's own.
		return port.open(name, Runnable::run);
	}

	@Override
	protected void doBeginRead() {
		this.reader.begin();
	}

	/**
	 * Automatic reading was turned off.
	 */
	void readUnwanted() {
		if (eventLoop().inEventLoop()) {
			this.reader.unwanted();
		}
		else {
			eventLoop().execute(this.reader::unwanted);
		}
	}

	/**
	 * The pipe, null before the connect and after the close.
	 */
	@Nullable NativePipe pipe() {
		return this.pipe;
	}

	/**
	 * Writes what is flushed and not under way.
	 */
	void flushNow() {
		((PipeUnsafe) unsafe()).flush0();
	}

	/**
	 * A write that was under way has failed.
	 */
	void writeFailed(IOException failure) {
		((PipeUnsafe) unsafe()).writeFailed(failure);
	}

	@Override
	protected Object filterOutboundMessage(Object message) {
		if (message instanceof ByteBuf) {
			return message;
		}
		throw new UnsupportedOperationException("A named pipe carries bytes only, not " + message.getClass().getName());
	}

	@Override
	protected void doWrite(ChannelOutboundBuffer out) throws IOException {
		this.writer.write(out);
	}

	@Override
	protected void doShutdownOutput() {
		this.outputShutdown = true;
		NativePipe current = this.pipe;
		if (current != null) {
			current.cancelWrite();
		}
	}

	@Override
	public boolean isInputShutdown() {
		return this.inputShutdown;
	}

	@Override
	public boolean isOutputShutdown() {
		return this.outputShutdown;
	}

	@Override
	public boolean isShutdown() {
		return this.inputShutdown && this.outputShutdown;
	}

	@Override
	public ChannelFuture shutdownInput() {
		return shutdownInput(newPromise());
	}

	@Override
	public ChannelFuture shutdownInput(ChannelPromise promise) {
		return onLoop(promise, () -> {
			this.inputShutdown = true;
			NativePipe current = this.pipe;
			if (current != null) {
				current.cancelRead();
			}
			promise.setSuccess();
		});
	}

	@Override
	public ChannelFuture shutdownOutput() {
		return shutdownOutput(newPromise());
	}

	@Override
	public ChannelFuture shutdownOutput(ChannelPromise promise) {
		return onLoop(promise, () -> ((PipeUnsafe) unsafe()).shutdownOutput(promise));
	}

	@Override
	public ChannelFuture shutdown() {
		return shutdown(newPromise());
	}

	@Override
	public ChannelFuture shutdown(ChannelPromise promise) {
		return close(promise);
	}

	private ChannelFuture onLoop(ChannelPromise promise, Runnable action) {
		if (eventLoop().inEventLoop()) {
			action.run();
		}
		else {
			eventLoop().execute(action);
		}
		return promise;
	}

	/**
	 * The life of the channel.
	 */
	private enum State {

		/** Not connected yet. */
		OPEN,

		/** The pipe is open. */
		CONNECTED,

		/** The end. */
		CLOSED

	}

	/**
	 * What the pipeline's head and the event loop call.
	 */
	private final class PipeUnsafe extends AbstractUnsafe implements CompletionPortIoHandler.PipeHandle {

		@Override
		public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
			if (!promise.setUncancellable() || !ensureOpen(promise)) {
				return;
			}
			try {
				NamedPipeChannel.this.connect((DomainSocketAddress) remoteAddress);
			}
			catch (IOException | RuntimeException ex) {
				safeSetFailure(promise, annotateConnectException(ex, remoteAddress));
				return;
			}
			safeSetSuccess(promise);
			if (isActive()) {
				pipeline().fireChannelActive();
			}
		}

		@Override
		protected void flush0() {
			if (!NamedPipeChannel.this.writer.isPending()) {
				super.flush0();
			}
		}

		void writeFailed(IOException failure) {
			handleWriteError(failure);
		}

		@Override
		public void handle(IoRegistration source, IoEvent event) {
			// Completions go to the pipe, not through the registration.
		}

		@Override
		public void close() {
			close(voidPromise());
		}

		@Override
		public void closeNow() {
			close(voidPromise());
		}

	}

}
