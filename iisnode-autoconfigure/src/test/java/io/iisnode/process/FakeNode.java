package io.iisnode.process;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalServerChannel;

/**
 * A node process that does only what a test tells it: its pipes are real, but nobody
 * answers requests.
 */
public final class FakeNode extends Process {

	private static final AtomicInteger PIDS = new AtomicInteger(2_000_000);

	private final long pid = PIDS.incrementAndGet();

	private final ProcessCommand command;

	private final CompletableFuture<Process> exit = new CompletableFuture<>();

	private final CompletableFuture<Channel> host = new CompletableFuture<>();

	private final List<String> received = new CopyOnWriteArrayList<>();

	private final List<String> signals = new CopyOnWriteArrayList<>();

	private final LastWords lastWords = new LastWords();

	private final Channel control;

	private final Channel server;

	private volatile boolean obedient = true;

	private volatile boolean readable = true;

	private volatile int code;

	FakeNode(ProcessCommand command, EventLoop eventLoop) {
		this.command = command;
		this.control = bind(eventLoop, "IISNODE_CONTROL_PIPE");
		this.server = bind(eventLoop, "PORT");
	}

	private Channel bind(EventLoop eventLoop, String variable) {
		return new ServerBootstrap().group(eventLoop)
			.channel(LocalServerChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(new Receiver());
				}

			})
			.bind(new LocalAddress(this.command.environment().get(variable)))
			.syncUninterruptibly()
			.channel();
	}

	public ProcessCommand command() {
		return this.command;
	}

	/**
	 * Says what an agent says whose application has come to listen.
	 */
	public FakeNode listen() {
		return say("type=started&node=v20.20.2").say("type=listening");
	}

	/**
	 * Sends a line as soon as the host has connected.
	 */
	public FakeNode say(String line) {
		this.host
			.thenAccept((channel) -> channel.writeAndFlush(Unpooled.copiedBuffer(line + "\n", StandardCharsets.UTF_8)));
		return this;
	}

	/**
	 * Makes it deaf for <code>shutdown</code> and signals but SIGKILL.
	 */
	public FakeNode disobey() {
		this.obedient = false;
		return this;
	}

	/**
	 * Makes it impossible to read its output, as if there were no thread for that.
	 */
	public FakeNode unreadable() {
		this.readable = false;
		return this;
	}

	/**
	 * Ends the process.
	 */
	public void exit(int exitCode, String words) {
		this.lastWords.end(words);
		die(exitCode);
	}

	/**
	 * Ends the process, but not its output, as if a child held it open.
	 */
	public void die(int exitCode) {
		this.code = exitCode;
		closeServers();
		this.host.thenAccept(Channel::close);
		this.exit.complete(this);
	}

	/**
	 * Accepts no connection any more, as one that is about to die.
	 */
	public void closeServers() {
		this.server.close();
		this.control.close();
	}

	/**
	 * Lines from the host.
	 */
	public List<String> received() {
		return this.received;
	}

	/**
	 * SIGTERM and SIGKILL in their order.
	 */
	public List<String> signals() {
		return this.signals;
	}

	private synchronized void signal(String name, int number) {
		if (isAlive()) {
			this.signals.add(name);
			if (this.obedient || name.equals("SIGKILL")) {
				exit(128 + number, "");
			}
		}
	}

	@Override
	public long pid() {
		return this.pid;
	}

	@Override
	public OutputStream getOutputStream() {
		return OutputStream.nullOutputStream();
	}

	@Override
	public InputStream getInputStream() {
		return InputStream.nullInputStream();
	}

	@Override
	public InputStream getErrorStream() {
		if (!this.readable) {
			throw new OutOfMemoryError("unable to create native thread, for a test");
		}
		return this.lastWords;
	}

	@Override
	public int waitFor() {
		this.exit.join();
		return this.code;
	}

	@Override
	public int exitValue() {
		if (isAlive()) {
			throw new IllegalThreadStateException();
		}
		return this.code;
	}

	@Override
	public boolean isAlive() {
		return !this.exit.isDone();
	}

	@Override
	public void destroy() {
		signal("SIGTERM", 15);
	}

	@Override
	public Process destroyForcibly() {
		signal("SIGKILL", 9);
		return this;
	}

	@Override
	public ProcessHandle toHandle() {
		return new Handle();
	}

	private final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
			for (String line : message.toString(StandardCharsets.UTF_8).split("\n")) {
				FakeNode.this.received.add(line);
				if (line.equals("type=hello")) {
					FakeNode.this.host.complete(ctx.channel());
				}
				if (line.equals("type=shutdown") && FakeNode.this.obedient) {
					exit(0, "");
				}
			}
		}

	}

	/**
	 * Blocks until the process has ended, then tells its last words.
	 */
	private static final class LastWords extends InputStream {

		private final CompletableFuture<byte[]> words = new CompletableFuture<>();

		private int position;

		void end(String text) {
			this.words.complete(text.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public int read() {
			byte[] bytes = this.words.join();
			return (this.position < bytes.length) ? bytes[this.position++] & 0xff : -1;
		}

	}

	private final class Handle implements ProcessHandle {

		@Override
		public long pid() {
			return FakeNode.this.pid;
		}

		@Override
		public Optional<ProcessHandle> parent() {
			return Optional.empty();
		}

		@Override
		public Stream<ProcessHandle> children() {
			return Stream.empty();
		}

		@Override
		public Stream<ProcessHandle> descendants() {
			return Stream.empty();
		}

		@Override
		public Info info() {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletableFuture<ProcessHandle> onExit() {
			return FakeNode.this.exit.thenApply((ignored) -> this);
		}

		@Override
		public boolean supportsNormalTermination() {
			return true;
		}

		@Override
		public boolean destroy() {
			FakeNode.this.destroy();
			return true;
		}

		@Override
		public boolean destroyForcibly() {
			FakeNode.this.destroyForcibly();
			return true;
		}

		@Override
		public boolean isAlive() {
			return FakeNode.this.isAlive();
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Handle handle && handle.pid() == pid();
		}

		@Override
		public int hashCode() {
			return Long.hashCode(FakeNode.this.pid);
		}

		@Override
		public int compareTo(ProcessHandle other) {
			return Long.compare(pid(), other.pid());
		}

	}

}
