package io.iisnode.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.log.LogForwarder;
import io.iisnode.log.LogListener;
import io.iisnode.log.LogStream;
import io.iisnode.log.ProcessLog;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeTransport;

/**
 * The operating system's side of a {@link NodeProcess}: launch, control channel, output,
 * kill, clean-up. Launching, killing and deleting block, so they run on threads for that.
 */
@Slf4j
final class ProcessRun {

	/**
	 * The last part of the grace, in which what has not ended by itself is made to end: a
	 * quarter of it, but not more than this.
	 */
	private static final Duration LONGEST_END = Duration.ofSeconds(5);

	private static final Duration LAST_WORDS_TIMEOUT = Duration.ofSeconds(2);

	private final ProcessContext context;

	private final NodeProcess owner;

	private final EventLoop eventLoop;

	private final PipeAddress pipe;

	private final PipeAddress controlPipe;

	private final ControlChannel control;

	private volatile @Nullable Process process;

	private volatile @Nullable ProcessLog output;

	private volatile @Nullable ProcessCommand command;

	private volatile @Nullable ProcessStartException startFailure;

	private volatile boolean ending;

	private volatile boolean killed;

	private volatile long killAt;

	private volatile long endNanos;

	private boolean endPlanned;

	private volatile @Nullable String nodeVersion;

	private volatile @Nullable ProcessUsage usage;

	ProcessRun(ProcessContext context, NodeProcess owner) {
		this.context = context;
		this.owner = owner;
		PipeTransport transport = context.services().transport();
		this.pipe = transport.newAddress();
		this.controlPipe = transport.newAddress();
		this.eventLoop = context.services().async().next();
		this.control = new ControlChannel(this.eventLoop, this::received);
	}

	PipeAddress pipe() {
		return this.pipe;
	}

	/**
	 * What it needs of the machine, null until reported.
	 */
	@Nullable ProcessUsage usage() {
		return this.usage;
	}

	long pid() {
		Process current = this.process;
		return (current != null) ? current.pid() : 0;
	}

	/**
	 * Never throws: whoever starts several goes on with the next one, whatever becomes of
	 * this one.
	 */
	void start() {
		try {
			this.context.services().blocking().execute(this::run);
		}
		catch (RuntimeException | Error ex) {
			// No thread can be had.
			fail(LaunchFailures.of(this.context, null, ex));
		}
	}

	/**
	 * The thread that launches the process is the one that awaits its end: a second one,
	 * which may be refused, would come too late.
	 */
	private void run() {
		try {
			Process started = launch();
			if (started != null) {
				awaitExit(started);
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			try {
				killTree();
				// Where the JDK fails after the launch, it tells nothing of that process.
				Orphans.kill(this.controlPipe, this.owner);
			}
			finally {
				fail(LaunchFailures.of(this.context, this.command, ex));
			}
		}
	}

	/**
	 * Launches the process.
	 * @return null if nothing is to be launched, which has been told
	 */
	private @Nullable Process launch() throws IOException {
		if (this.killed) {
			fail(new ProcessStartException("The start was called off", false, null, null, "", null));
			return null;
		}
		ProcessStartException missing = this.context.missingFile();
		if (missing != null) {
			fail(missing);
			return null;
		}
		ProcessCommand toRun = AgentCommand.of(this.context, this.pipe, this.controlPipe);
		this.command = toRun;
		Process started = this.context.services().launch(toRun);
		this.process = started;
		PipeServer server = new PipeServer(started);
		this.context.services().transport().expectServer(this.pipe, server);
		this.context.services().transport().expectServer(this.controlPipe, server);
		this.output = ProcessLog.open(this.context.logSettings(), this.context.directory(), started.pid(),
				started.getInputStream(), started.getErrorStream(), forwarder(started.pid()));
		if (this.killed) {
			killTree();
		}
		Duration timeout = this.context.settings().startupTimeout();
		whileAlive(() -> startTimedOut(timeout), timeout);
		// Last: from now on the process may be ready, and all of this over, at any
		// moment.
		this.control.open(this.context.connector(), this.controlPipe, timeout, this.owner::isAlive);
		return started;
	}

	private @Nullable LogListener forwarder(long pid) {
		return this.context.logSettings().forwarding() ? new LogForwarder(this.context.application(), pid) : null;
	}

	private void received(Map<String, String> message) {
		this.owner.policy().heard(System.nanoTime());
		switch (message.getOrDefault("type", "")) {
			case "started" -> started(message.getOrDefault("node", ""));
			case "listening" -> listening();
			case "closed" -> this.owner.listenerClosed();
			case "recycle" -> this.owner.recycleRequested();
			case "stats" -> reported(ProcessUsage.of(message));
			case "degraded" -> degraded(message);
			case "listen-failed" -> log.warn("{} could not listen: {}", this.owner, message.get("message"));
			default -> log.debug("{} says {}", this.owner, message);
		}
	}

	private void reported(ProcessUsage report) {
		this.usage = report;
		this.owner.policy().reported(System.nanoTime(), report.memory(), report.longestEventLoopDelay());
	}

	private void degraded(Map<String, String> message) {
		log.debug("{}: a part of the agent does not work: {}", this.owner, message);
		if ("stats".equals(message.get("feature"))) {
			this.owner.policy().cannotReport();
		}
	}

	private void listening() {
		Process current = this.process;
		// Not if it has died since, is too old, or too late.
		if (!this.killed && current != null && current.isAlive()) {
			this.owner.listening();
		}
	}

	private void started(String version) {
		this.nodeVersion = version;
		if (!NodeVersion.isSupported(version)) {
			this.startFailure = LaunchFailures.tooOld(this.context, this.command, version);
			kill();
		}
	}

	private @Nullable String commandLine() {
		return (this.command != null) ? this.command.display() : null;
	}

	private void startTimedOut(Duration timeout) {
		if (this.owner.state() == NodeProcessState.STARTING) {
			this.startFailure = new ProcessStartException(
					"Application '" + this.context.application() + "' did not listen within " + timeout.toMillis()
							+ " ms. It must call listen() on the port in"
							+ " process.env.PORT; a slow one needs a longer iisnode.startup-timeout",
					false, commandLine(), null, lastWords(), null);
			kill();
		}
	}

	private String lastWords() {
		return (this.output != null) ? this.output.tail(LogStream.STDERR) : "";
	}

	/**
	 * Notes when the grace is over. The first call counts.
	 */
	synchronized void planEnd(Duration grace) {
		if (!this.endPlanned) {
			this.killAt = System.nanoTime() + grace.toNanos();
			this.endNanos = Math.min(grace.toNanos() / 4, LONGEST_END.toNanos());
			this.endPlanned = true;
		}
	}

	/**
	 * Ends the process by force when the grace is over. The last part begins with a
	 * notice to the exchanges that go on; in its middle the application is told to end, a
	 * quarter later the process is; then it is killed. To be called after
	 * {@link #planEnd}.
	 */
	void endWhenGraceIsOver() {
		this.ending = true;
		whileAlive(() -> this.owner.announce(EndNotice.FORCE), untilKill(this.endNanos));
		whileAlive(this.owner::stop, untilKill(this.endNanos / 2));
		whileAlive(this::kill, untilKill(0));
	}

	private Duration untilKill(long earlier) {
		return Duration.ofNanos(Math.max(0, this.killAt - earlier - System.nanoTime()));
	}

	/**
	 * Tells the application to end, and the process when half of what is left of the
	 * grace is over. To be called after {@link #planEnd}.
	 */
	void requestEnd() {
		this.ending = true;
		long left = this.killAt - System.nanoTime();
		// Else it is killed in this moment.
		if (left > 0) {
			this.control.send("shutdown", Map.of());
			whileAlive(() -> onOtherThread(this::terminate), Duration.ofNanos(left / 2));
		}
	}

	private void whileAlive(Runnable action, Duration delay) {
		ScheduledFuture<?> timer = later(action, delay);
		this.owner.exited().thenRun(() -> timer.cancel(false));
	}

	ScheduledFuture<?> later(Runnable action, Duration delay) {
		return this.eventLoop.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void terminate() {
		Process current = this.process;
		// Where there is no such signal, it would be a kill, for which it is too early.
		if (current != null && current.toHandle().supportsNormalTermination()) {
			// Process.destroy() would close its streams, and so lose its last words.
			current.toHandle().destroy();
		}
	}

	/**
	 * Kills the process and its descendants. Does not block.
	 */
	void kill() {
		this.killed = true;
		onOtherThread(this::killTree);
	}

	private void onOtherThread(Runnable action) {
		try {
			this.context.services().blocking().execute(action);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// No thread can be had: better that this one blocks than that nothing ends.
			action.run();
		}
	}

	private void killTree() {
		Process current = this.process;
		if (current != null && current.isAlive()) {
			List<ProcessHandle> descendants = current.descendants().toList();
			current.toHandle().destroyForcibly();
			descendants.forEach(ProcessHandle::destroyForcibly);
		}
	}

	/**
	 * Not by {@link Process#onExit()}: that tells it on the common pool of the JVM (by
	 * JDK 25 always), which whoever waits for this end may keep busy.
	 */
	private void awaitExit(Process started) {
		while (started.isAlive()) {
			try {
				started.waitFor();
			}
			catch (InterruptedException ex) {
				// Nobody has a reason to interrupt a thread of ours: it goes on waiting.
			}
		}
		exited(started);
	}

	private void exited(Process ended) {
		this.control.close();
		boolean early = this.owner.state() == NodeProcessState.STARTING;
		if (!early) {
			// Who was sent there, and who replaces it, must not wait for its last words.
			cleanUp(null);
		}
		this.context.services().launcher().ended(ended);
		Orphans.kill(this.controlPipe, this.owner);
		ProcessLog current = this.output;
		if (current != null) {
			// A child of node may hold the stream open: do not wait for ever.
			current.awaitEnd(LAST_WORDS_TIMEOUT);
			current.close();
		}
		String lastWords = lastWords();
		if (early) {
			ProcessStartException failure = this.startFailure;
			cleanUp((failure != null) ? failure : exitedEarly(ended.exitValue(), lastWords));
		}
		this.owner.exited(ended.exitValue(), lastWords);
	}

	private ProcessStartException exitedEarly(int code, String lastWords) {
		if (this.nodeVersion == null) {
			String version = NodeVersion.ask(this.context.services().launcher(), this.context.settings().command(),
					this.context.directory());
			if (version != null && !NodeVersion.isSupported(version)) {
				return LaunchFailures.tooOld(this.context, this.command, version);
			}
		}
		return new ProcessStartException(
				"Application '" + this.context.application() + "' ended before it listened, with "
						+ ProcessExit.inWords(code)
						+ (lastWords.isBlank() ? "" : "; its last words: " + lastWords.strip()),
				false, commandLine(), code, lastWords, null);
	}

	private void fail(ProcessStartException failure) {
		cleanUp(failure);
		this.owner.exited(-1, "");
	}

	private void cleanUp(@Nullable ProcessStartException failure) {
		PipeTransport transport = this.context.services().transport();
		transport.delete(this.pipe);
		transport.delete(this.controlPipe);
		this.owner.ended(failure);
	}

}
