package io.iisnode.transport;

import java.net.SocketAddress;

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
