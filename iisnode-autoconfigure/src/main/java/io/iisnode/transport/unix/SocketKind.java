package io.iisnode.transport.unix;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The implementations of Unix domain sockets in Netty. The loop decides which one a
 * channel must be of, not what is installed: a channel of one kind cannot be registered
 * with a loop of another.
 */
enum SocketKind {

	/**
	 * Linux, netty-transport-native-epoll.
	 */
	EPOLL("io.netty.channel.epoll.Epoll") {

		@Override
		boolean available() {
			return Epoll.isAvailable();
		}

		@Override
		Class<? extends IoHandler> handlerType() {
			return EpollIoHandler.class;
		}

		@Override
		IoHandlerFactory ioHandlerFactory() {
			return EpollIoHandler.newFactory();
		}

		@Override
		Channel newChannel() {
			return new EpollDomainSocketChannel();
		}

		@Override
		SocketAddress socketAddress(String path) {
			return new DomainSocketAddress(path);
		}

	},

	/**
	 * macOS and BSD, netty-transport-native-kqueue.
	 */
	KQUEUE("io.netty.channel.kqueue.KQueue") {

		@Override
		boolean available() {
			return KQueue.isAvailable();
		}

		@Override
		Class<? extends IoHandler> handlerType() {
			return KQueueIoHandler.class;
		}

		@Override
		IoHandlerFactory ioHandlerFactory() {
			return KQueueIoHandler.newFactory();
		}

		@Override
		Channel newChannel() {
			return new KQueueDomainSocketChannel();
		}

		@Override
		SocketAddress socketAddress(String path) {
			return new DomainSocketAddress(path);
		}

	},

	/**
	 * The JDK's own, everywhere.
	 */
	NIO("io.netty.channel.nio.NioIoHandler") {

		@Override
		boolean available() {
			return true;
		}

		@Override
		Class<? extends IoHandler> handlerType() {
			return NioIoHandler.class;
		}

		@Override
		IoHandlerFactory ioHandlerFactory() {
			return NioIoHandler.newFactory();
		}

		@Override
		Channel newChannel() {
			return new NioDomainSocketChannel();
		}

		@Override
		SocketAddress socketAddress(String path) {
			return UnixDomainSocketAddress.of(path);
		}

	};

	private final boolean usable;

	SocketKind(String requiredClass) {
		this.usable = isPresent(requiredClass) && available();
	}

	/**
	 * Whether the kind works on this machine.
	 * @return false also when its native library cannot be loaded
	 */
	abstract boolean available();

	abstract Class<? extends IoHandler> handlerType();

	abstract IoHandlerFactory ioHandlerFactory();

	abstract Channel newChannel();

	abstract SocketAddress socketAddress(String path);

	static SocketKind best() {
		for (SocketKind kind : values()) {
			if (kind.usable) {
				return kind;
			}
		}
		return NIO;
	}

	static @Nullable SocketKind of(EventLoop eventLoop) {
		if (eventLoop instanceof IoEventLoop loop) {
			for (SocketKind kind : values()) {
				if (kind.usable && loop.isIoType(kind.handlerType())) {
					return kind;
				}
			}
		}
		return null;
	}

	private static boolean isPresent(String className) {
		try {
			Class.forName(className, false, SocketKind.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

}
