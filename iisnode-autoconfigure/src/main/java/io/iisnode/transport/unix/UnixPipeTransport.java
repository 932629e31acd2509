package io.iisnode.transport.unix;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import org.jspecify.annotations.Nullable;

import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeTransport;
import io.iisnode.transport.Randomness;

/**
 * Unix domain sockets: native epoll or kqueue where present, else the JDK's.
 * <p>
 * The sockets lie in a private folder with mode 0700 under unguessable names, so that no
 * other user of the machine can connect to a node process or put a socket in its place.
 */
public final class UnixPipeTransport implements PipeTransport {

	private static final int RANDOM_BYTES = 16;

	private final SecureRandom random = Randomness.generator();

	private final SocketDirectory directory;

	private final SocketKind ownKind;

	/**
	 * Creates the transport and its folder.
	 * @param parent folder in which the private folder is made; null: the folder for
	 * temporary files
	 * @throws io.iisnode.transport.PipeAddressException if the folder cannot be made or
	 * its path is too long for socket addresses
	 */
	public UnixPipeTransport(@Nullable Path parent) {
		this(parent, SocketKind.best());
	}

	UnixPipeTransport(@Nullable Path parent, SocketKind ownKind) {
		this.directory = SocketDirectory.create(parent, name().length());
		this.ownKind = ownKind;
	}

	@Override
	public PipeAddress newAddress() {
		return new PipeAddress(this.directory.resolve(name()).toString());
	}

	private String name() {
		byte[] bytes = new byte[RANDOM_BYTES];
		this.random.nextBytes(bytes);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	@Override
	public boolean supports(EventLoop eventLoop) {
		return SocketKind.of(eventLoop) != null;
	}

	@Override
	public IoHandlerFactory ioHandlerFactory() {
		return this.ownKind.ioHandlerFactory();
	}

	@Override
	public Channel newChannel(EventLoop eventLoop) {
		return kind(eventLoop).newChannel();
	}

	@Override
	public SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address) {
		return kind(eventLoop).socketAddress(address.path());
	}

	private static SocketKind kind(EventLoop eventLoop) {
		SocketKind kind = SocketKind.of(eventLoop);
		if (kind == null) {
			throw new IllegalArgumentException(
					"Event loop of " + eventLoop.getClass().getName() + " has no Unix domain sockets that we know");
		}
		return kind;
	}

	@Override
	public void prepare() throws IOException {
		this.directory.restore();
	}

	@Override
	public void delete(PipeAddress address) {
		this.directory.delete(Path.of(address.path()));
	}

	@Override
	public void close() {
		this.directory.deleteAll();
	}

}
