package io.iisnode.transport.windows;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.iisnode.testing.NodeHost;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeTransport;

/**
 * Three hosts in one JVM that differ in nothing but the way to node: named pipes on loops
 * of their own, named pipes behind a completion thread, TCP. Load comes from outside:
 * <code>.ci/windows performance</code>.
 */
public final class PipeBenchmark {

	private static final int TCP_PORT = freePort();

	/** The agent sends the first server to the pipe and leaves the second one alone. */
	private static final String SCRIPT = """
			const answer = (req, res) => res.end('Hello from node!');
			require('http').createServer(answer).listen(process.env.PORT);
			if (process.env.TCP_PORT) {
				const server = require('http').createServer({ keepAliveTimeout: 600000 }, answer);
				server.listen(Number(process.env.TCP_PORT), '127.0.0.1');
			}
			""";

	private PipeBenchmark() {
	}

	/**
	 * Starts the hosts, prints a line for each, and waits.
	 */
	public static void main(String[] args) throws Exception {
		List<NodeHost> hosts = new ArrayList<>();
		hosts.add(start("own-loops", PipeLoad.OwnLoops.class));
		hosts.add(start("completion-thread", PipeLoad.CompletionThreads.class));
		hosts.add(start("tcp", Tcp.class));
		System.out.println("ready");
		Thread.sleep(Long.MAX_VALUE);
		hosts.forEach(NodeHost::close);
	}

	private static NodeHost start(String name, Class<?> transport) throws IOException {
		NodeHost.Builder builder = NodeHost.in(Files.createTempDirectory(name))
			.sources(transport)
			.script("app.js", SCRIPT)
			.application(name, "app.js", "/hello")
			.with("logging.level.root", "warn");
		if (transport == Tcp.class) {
			builder.with("iisnode.applications.tcp.environment[TCP_PORT]", TCP_PORT);
		}
		NodeHost host = builder.start();
		System.out.println(name + " " + host.port() + " " + host.get("/hello").body());
		return host;
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Tcp {

		@Bean
		PipeTransport tcpTransport() {
			return new TcpTransport(new WindowsPipeTransport());
		}

	}

	/**
	 * TCP where the web server's loops serve it, named pipes for the control channel,
	 * which runs on ours.
	 */
	private record TcpTransport(PipeTransport pipes) implements PipeTransport {

		@Override
		public PipeAddress newAddress() {
			return this.pipes.newAddress();
		}

		@Override
		public void expectServer(PipeAddress address, LongPredicate isServer) {
			this.pipes.expectServer(address, isServer);
		}

		@Override
		public boolean supports(EventLoop eventLoop) {
			return true;
		}

		@Override
		public IoHandlerFactory ioHandlerFactory() {
			return this.pipes.ioHandlerFactory();
		}

		@Override
		public Channel newChannel(EventLoop eventLoop) {
			return this.pipes.supports(eventLoop) ? this.pipes.newChannel(eventLoop) : new NioSocketChannel();
		}

		@Override
		public SocketAddress socketAddress(EventLoop eventLoop, PipeAddress address) {
			return this.pipes.supports(eventLoop) ? this.pipes.socketAddress(eventLoop, address)
					: new InetSocketAddress("127.0.0.1", TCP_PORT);
		}

		@Override
		public void delete(PipeAddress address) {
			this.pipes.delete(address);
		}

		@Override
		public void close() {
			this.pipes.close();
		}

	}

}
