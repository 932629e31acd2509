package io.iisnode.process;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import io.iisnode.transport.AsyncManager;
import io.iisnode.transport.PipeTransport;

/**
 * What all processes share: pipes, I/O threads, the launcher, the agent. One per host
 * application; whoever makes it closes it when all processes have ended.
 */
public final class ProcessServices implements AutoCloseable {

	private final PipeTransport transport;

	private final AsyncManager async;

	private final ProcessLauncher launcher;

	private final AgentScript agent = AgentScript.extract();

	private final AtomicInteger threads = new AtomicInteger();

	private final ExecutorService blocking = Executors.newCachedThreadPool(this::newThread);

	/**
	 * Creates the services and extracts the agent.
	 * @param transport the pipes
	 * @param async the I/O threads
	 * @param launcher starts processes
	 */
	public ProcessServices(PipeTransport transport, AsyncManager async, ProcessLauncher launcher) {
		this.transport = transport;
		this.async = async;
		this.launcher = launcher;
	}

	/**
	 * A plain thread: those of Netty count as ones that must not block.
	 */
	private Thread newThread(Runnable task) {
		Thread thread = new Thread(null, task, "iisnode-process-" + this.threads.incrementAndGet(), 0, false);
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * The pipes.
	 * @return the transport
	 */
	public PipeTransport transport() {
		return this.transport;
	}

	/**
	 * The I/O threads.
	 * @return the manager of event loops
	 */
	public AsyncManager async() {
		return this.async;
	}

	/**
	 * Starts a process, when what it needs of the host is there. Blocks.
	 * @throws IOException if it cannot be started
	 */
	Process launch(ProcessCommand command) throws IOException {
		this.transport.prepare();
		this.agent.restore();
		return this.launcher.launch(command);
	}

	/**
	 * What starts processes, of node or others.
	 */
	ProcessLauncher launcher() {
		return this.launcher;
	}

	AgentScript agent() {
		return this.agent;
	}

	/**
	 * Threads for calls that block: starting and killing processes, deleting files.
	 */
	Executor blocking() {
		return this.blocking;
	}

	@Override
	public void close() {
		this.blocking.shutdown();
		this.agent.close();
	}

}
