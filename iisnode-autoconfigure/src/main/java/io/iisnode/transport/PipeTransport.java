package io.iisnode.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.LongPredicate;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;

/**
 * The platform's pipes as Netty channels. One per host application; thread-safe.
 */
public interface PipeTransport extends AutoCloseable {

	/**
	 * Makes a new address that nobody can guess. Nothing is created on disk.
	 * @return a fresh address
	 */
	PipeAddress newAddress();

	/**
	 * Tells who will serve a pipe. Where anybody could serve it under its name, no
	 * connection is made to anybody else, nor before this has been called.
	 * @param address the pipe
	 * @param isServer tells whether a process, given by its id, may serve the pipe; asked
	 * on event loops
	 */
	default void expectServer(PipeAddress address, LongPredicate isServer) {
	}

	/**
	 * What processes that serve such pipes should find in their environment, unless
	 * somebody has set it.
	 * @return variables, none by default
	 */
	default Map<String, String> environment() {
		return Map.of();
	}

	/**
	 * How many threads of our own it takes if nobody has set their number.
	 * @return by default one, for what the loops of the web server leave to do
	 */
	default int defaultThreadCount() {
		return 1;
	}

	/**
	 * Whether pipes can be served by the given event loop, so that an exchange need not
	 * change threads.
	 * @param eventLoop an event loop, for example that of the web server's connection
	 * @return whether {@link #newChannel(EventLoop)} works for it
	 */
	boolean supports(EventLoop eventLoop);

	/**
	 * The handler for event loops of our own.
	 * @return a factory of the best kind that this machine has
	 */
	IoHandlerFactory ioHandlerFactory();

	/**
	 * Creates an unconnected, unregistered channel.
	 * @param eventLoop the supported loop that the channel will be registered with
	 * @return a new channel
	 */
	Channel newChannel(EventLoop eventLoop);

	/**
	 * The address in the form that the channels of a loop connect to.
	 * @param eventLoop a supported loop
	 * @param address the pipe
	 * @return its socket address
	 */
	SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address);

	/**
	 * Sees to it that pipes can be made, just before a process starts. Blocks for file
	 * system calls.
	 * @throws IOException if they cannot
	 */
	default void prepare() throws IOException {
	}

	/**
	 * Removes what is left of a pipe after its server has ended. Blocks for a file system
	 * call; does nothing where nothing is left.
	 * @param address the pipe
	 */
	void delete(PipeAddress address);

	/**
	 * Removes all that this transport made. Blocks for file system calls.
	 */
	@Override
	void close();

}
