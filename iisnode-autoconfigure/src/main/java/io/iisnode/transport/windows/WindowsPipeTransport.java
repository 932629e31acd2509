package io.iisnode.transport.windows;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeTransport;
import io.iisnode.transport.Randomness;

/**
 * Named pipes of Windows.
 * <p>
 * Any process may serve a pipe of any name, so names are unguessable, and a connection is
 * used only if the process behind it is one that we have started. That process in turn
 * learns who we are, but cannot act in our name.
 */
public final class WindowsPipeTransport implements PipeTransport {

	private static final String PREFIX = "\\\\.\\pipe\\";

	private static final int RANDOM_BYTES = 20;

	/**
	 * As iisnode sets it: how many connections node keeps ready to be accepted, where its
	 * own default of four makes bursts of clients try again and again.
	 */
	private static final Map<String, String> ENVIRONMENT = Map.of("NODE_PENDING_PIPE_INSTANCES", "5000");

	private final SecureRandom random = Randomness.generator();

	private final Map<String, LongPredicate> servers = new ConcurrentHashMap<>();

	private final Supplier<? extends CompletionPort> ports;

	/** Null: our own event loops wait. */
	private final @Nullable CompletionThread completionThread;

	/**
	 * Creates the transport.
	 */
	public WindowsPipeTransport() {
		this(CompletionMode.OWN_LOOPS);
	}

	/**
	 * Creates the transport.
	 * @param mode whose threads wait for the ends of reads and writes
	 */
	public WindowsPipeTransport(CompletionMode mode) {
		this.ports = WindowsCompletionPort::new;
		this.completionThread = (mode == CompletionMode.COMPLETION_THREAD)
				? new CompletionThread(new WindowsCompletionPort()) : null;
	}

	@Override
	public PipeAddress newAddress() {
		byte[] bytes = new byte[RANDOM_BYTES];
		this.random.nextBytes(bytes);
		return new PipeAddress(PREFIX + HexFormat.of().formatHex(bytes));
	}

	@Override
	public void expectServer(PipeAddress address, LongPredicate isServer) {
		this.servers.put(address.path(), isServer);
	}

	@Override
	public Map<String, String> environment() {
		return ENVIRONMENT;
	}

	@Override
	public int defaultThreadCount() {
		return (this.completionThread != null) ? 1 : Runtime.getRuntime().availableProcessors();
	}

	@Override
	public boolean supports(EventLoop eventLoop) {
		return this.completionThread != null
				|| eventLoop instanceof IoEventLoop loop && loop.isIoType(CompletionPortIoHandler.class);
	}

	@Override
	public IoHandlerFactory ioHandlerFactory() {
		return (this.completionThread != null) ? NioIoHandler.newFactory()
				: CompletionPortIoHandler.newFactory(this.ports);
	}

	@Override
	public Channel newChannel(EventLoop eventLoop) {
		return new NamedPipeChannel(this::check, (this.completionThread != null) ? this.completionThread.port() : null);
	}

	@Override
	public SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address) {
		return new DomainSocketAddress(address.path());
	}

	private void check(String name, long processId) throws IOException {
		LongPredicate isServer = this.servers.get(name);
		if (isServer == null || !isServer.test(processId)) {
			throw new IOException("The pipe " + name + " is served by process " + processId
					+ ", which is none that was started for it");
		}
	}

	@Override
	public void delete(PipeAddress address) {
		this.servers.remove(address.path());
	}

	@Override
	public void close() {
		if (this.completionThread != null) {
			this.completionThread.close();
		}
		this.servers.clear();
	}

	/**
	 * Whose threads wait for the ends of reads and writes.
	 */
	public enum CompletionMode {

		/**
		 * Event loops of our own: an exchange and its pipe run on one of them.
		 */
		OWN_LOOPS,

		/**
		 * One thread in front of the web server's loops: an exchange and its pipe run
		 * where the client's connection does, and every end that does not come at once
		 * passes through the thread.
		 */
		COMPLETION_THREAD

	}

}
