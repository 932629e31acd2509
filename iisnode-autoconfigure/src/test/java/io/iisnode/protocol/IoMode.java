package io.iisnode.protocol;

import java.net.SocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.resources.LoopResources;

import io.iisnode.testing.NodeHost;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeTransport;
import io.iisnode.transport.unix.UnixPipeTransport;
import io.iisnode.transport.windows.WindowsPipeTransport;

/**
 * Whose event loops carry an exchange, and what kind of sockets.
 */
enum IoMode {

	/**
	 * The web server's loops, native sockets where the platform has them.
	 */
	SERVER_LOOPS(0),

	/**
	 * Two loops of our own: client and pipe are served by different threads.
	 */
	OWN_LOOPS(2),

	/**
	 * The web server's loops, both it and the pipes with the sockets of the JDK.
	 */
	JDK_SERVER_LOOPS(0, JdkServer.class),

	/**
	 * Two loops of our own with the sockets of the JDK. On Windows, the web server's
	 * loops with a completion thread in front.
	 */
	JDK_OWN_LOOPS(2, JdkServer.class, JdkPipes.class);

	private final int threads;

	private final Class<?>[] sources;

	IoMode(int threads, Class<?>... sources) {
		this.threads = threads;
		this.sources = sources;
	}

	NodeHost.Builder apply(NodeHost.Builder builder) {
		if (OS.WINDOWS.isCurrentOs()) {
			Assumptions.assumeFalse(this == OWN_LOOPS || this == JDK_SERVER_LOOPS, "As SERVER_LOOPS on Windows");
			return builder.sources((this == JDK_OWN_LOOPS) ? WindowsPipes.class : JdkServer.class);
		}
		return builder.with("iisnode.async-completion-thread-count", this.threads).sources(this.sources);
	}

	@Configuration(proxyBeanMethods = false)
	static class JdkServer {

		@Bean(destroyMethod = "dispose")
		LoopResources jdkLoops() {
			return LoopResources.create("jdk", 2, true);
		}

		@Bean
		NettyServerCustomizer jdkSockets(LoopResources jdkLoops) {
			return (server) -> server.runOn(jdkLoops, false);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdkPipes {

		@Bean
		PipeTransport jdkPipeTransport() {
			return new JdkPipeTransport(new UnixPipeTransport(null));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WindowsPipes {

		@Bean
		PipeTransport completionThreadPipeTransport() {
			return new WindowsPipeTransport(WindowsPipeTransport.CompletionMode.COMPLETION_THREAD);
		}

	}

	/**
	 * The kind of loop decides about the kind of socket.
	 */
	private record JdkPipeTransport(PipeTransport transport) implements PipeTransport {

		@Override
		public IoHandlerFactory ioHandlerFactory() {
			return NioIoHandler.newFactory();
		}

		@Override
		public PipeAddress newAddress() {
			return this.transport.newAddress();
		}

		@Override
		public boolean supports(EventLoop eventLoop) {
			return this.transport.supports(eventLoop);
		}

		@Override
		public Channel newChannel(EventLoop eventLoop) {
			return this.transport.newChannel(eventLoop);
		}

		@Override
		public SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address) {
			return this.transport.socketAddress(eventLoop, address);
		}

		@Override
		public void delete(PipeAddress address) {
			this.transport.delete(address);
		}

		@Override
		public void close() {
			this.transport.close();
		}

	}

}
