package io.iisnode.process;

import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;

import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeTransport;

/**
 * Pipes within the JVM, for tests without real processes.
 */
final class MemoryTransport implements PipeTransport {

	private static final AtomicInteger NUMBER = new AtomicInteger();

	private final Set<String> deleted = ConcurrentHashMap.newKeySet();

	private final AtomicInteger untilFailure = new AtomicInteger();

	/**
	 * Makes one of the next addresses fail.
	 * @param number 1: the next one
	 */
	void failAtAddress(int number) {
		this.untilFailure.set(number);
	}

	@Override
	public PipeAddress newAddress() {
		if (this.untilFailure.getAndDecrement() == 1) {
			throw new InternalError("no memory, for a test");
		}
		return new PipeAddress("memory-" + NUMBER.incrementAndGet());
	}

	@Override
	public boolean supports(EventLoop eventLoop) {
		return true;
	}

	@Override
	public IoHandlerFactory ioHandlerFactory() {
		return LocalIoHandler.newFactory();
	}

	@Override
	public Channel newChannel(EventLoop eventLoop) {
		return new LocalChannel();
	}

	@Override
	public SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address) {
		return new LocalAddress(address.path());
	}

	@Override
	public void delete(PipeAddress address) {
		this.deleted.add(address.path());
	}

	boolean isDeleted(String path) {
		return this.deleted.contains(path);
	}

	@Override
	public void close() {
		// Nothing is on disk.
	}

}
