package io.iisnode.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.iisnode.log.LogSettings;
import io.iisnode.transport.AsyncManager;
import io.iisnode.transport.ConnectionSettings;
import io.iisnode.transport.PipeConnector;

/**
 * Launches {@link FakeNode}s, for tests that control every step and every fault.
 */
public final class FakeNodes implements ProcessLauncher, AutoCloseable {

	/**
	 * For tests in which many processes die.
	 */
	public static final RapidFailSettings NO_RAPID_FAIL = new RapidFailSettings(0, Duration.ofMinutes(1));

	private static final int LIMIT_SECONDS = 10;

	private final MemoryTransport transport = new MemoryTransport();

	private final AsyncManager async = new AsyncManager(this.transport, 1);

	private final ProcessServices services = new ProcessServices(this.transport, this.async, this);

	private final BlockingQueue<FakeNode> launched = new LinkedBlockingQueue<>();

	private final List<FakeNode> all = new ArrayList<>();

	private final AtomicInteger taken = new AtomicInteger();

	private final Path script;

	private volatile Consumer<FakeNode> onLaunch = (node) -> {
	};

	/**
	 * Creates the launcher.
	 * @param folder where an empty script is made
	 */
	public FakeNodes(Path folder) {
		this.script = folder.resolve("app.js");
		try {
			Files.writeString(this.script, "");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public Process launch(ProcessCommand command) throws IOException {
		if (!command.environment().containsKey("PORT")) {
			throw new IOException("This runs no application, and a fake does nothing else");
		}
		FakeNode node = new FakeNode(command, this.async.next());
		synchronized (this.all) {
			this.all.add(node);
		}
		this.onLaunch.accept(node);
		this.launched.add(node);
		return node;
	}

	/**
	 * What is done with each process at its launch; an exception makes the launch fail.
	 */
	public FakeNodes onLaunch(Consumer<FakeNode> action) {
		this.onLaunch = action;
		return this;
	}

	/**
	 * The next process that is launched.
	 */
	public FakeNode next() {
		try {
			FakeNode node = this.launched.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
			if (node == null) {
				throw new AssertionError("No process was launched");
			}
			this.taken.incrementAndGet();
			return node;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * How often {@link #next()} has returned.
	 */
	public int taken() {
		return this.taken.get();
	}

	/**
	 * All processes so far.
	 */
	public List<FakeNode> all() {
		synchronized (this.all) {
			return List.copyOf(this.all);
		}
	}

	public long alive() {
		return all().stream().filter(FakeNode::isAlive).count();
	}

	public Path script() {
		return this.script;
	}

	public ProcessServices services() {
		return this.services;
	}

	/**
	 * Makes it impossible to create one of the next processes.
	 * @param number 1: the next one
	 */
	public void failToCreate(int number) {
		// Each has two pipes.
		this.transport.failAtAddress(2 * number - 1);
	}

	MemoryTransport transport() {
		return this.transport;
	}

	public ProcessContext context(ProcessSettings settings) {
		return context(settings, NO_RAPID_FAIL);
	}

	ProcessContext context(ProcessSettings settings, RapidFailSettings rapidFail) {
		ExitHistory exits = new ExitHistory("test", (application, exit) -> {
		});
		return new ProcessContext("test", this.script, List.of(), this.script.getParent(), settings,
				ConnectionSettings.DEFAULTS, logSettings(), new PipeConnector(this.transport, 1024),
				new RapidFailProtection("test", rapidFail, exits), exits, this.services);
	}

	public static LogSettings logSettings() {
		return new LogSettings(false, Path.of("logs"), 1024, 1024, 1);
	}

	public static ProcessSettings settings(int count, int concurrency) {
		return settings(count, concurrency, ProcessActivation.ALL, ProcessSelection.ROUND_ROBIN);
	}

	public static ProcessSettings settings(int count, int concurrency, ProcessActivation activation,
			ProcessSelection selection) {
		return TestSettings.of(count, concurrency).activation(activation).selection(selection).build();
	}

	@Override
	public void close() {
		this.services.close();
		ExecutorService blocking = (ExecutorService) this.services.blocking();
		try {
			// Their last doings must not reach into the next test.
			for (int i = 0; i < LIMIT_SECONDS * 10; i++) {
				all().forEach((node) -> node.exit(0, ""));
				if (blocking.awaitTermination(100, TimeUnit.MILLISECONDS)) {
					break;
				}
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		this.async.close();
	}

}
