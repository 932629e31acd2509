package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

import io.iisnode.process.NodeProcessManager;
import io.iisnode.process.ProcessContext;
import io.iisnode.process.RecycleReason;
import io.iisnode.watch.Watch;

/**
 * What recycles an application without being asked to by the host: its files, and the
 * application itself. A recycle that triggers itself is stopped.
 * <p>
 * Thread-safe.
 */
@Slf4j
final class RecycleTriggers {

	/**
	 * Stands among files for the pipe on which an application asks to be recycled.
	 */
	private static final Path CONTROL_PIPE = Path.of("IISNODE_CONTROL_PIPE");

	private final String application;

	private final Generations generations;

	private final ProcessContext context;

	private final RecycleLoop loop;

	/**
	 * Whether a look at what was ignored is to come.
	 */
	private final AtomicBoolean lookPlanned = new AtomicBoolean();

	private volatile @Nullable Supplier<Watch> watching;

	private volatile @Nullable Watch watch;

	RecycleTriggers(String application, Generations generations, ProcessContext context) {
		this(application, generations, context, new RecycleLoop(System::nanoTime, RecycleLoop.QUIET));
	}

	RecycleTriggers(String application, Generations generations, ProcessContext context, RecycleLoop loop) {
		this.application = application;
		this.generations = generations;
		this.context = context;
		this.loop = loop;
	}

	/**
	 * Watches the files of the application, as long as it is not disposed.
	 * @param files begins to watch; may block
	 */
	void watch(Supplier<Watch> files) {
		this.watching = files;
		open();
	}

	/**
	 * Begins to watch again. Blocks for file system calls.
	 */
	void open() {
		Supplier<Watch> files = this.watching;
		if (files != null) {
			Watch opened = files.get();
			this.watch = opened;
			if (this.generations.state() == NodeApplicationState.DISPOSED) {
				opened.close();
			}
		}
	}

	void close() {
		this.loop.reset();
		Watch files = this.watch;
		if (files != null) {
			files.close();
		}
	}

	/**
	 * The files of the application have changed. What does not run needs no recycle: it
	 * reads the new files when it starts. What is starting may have read some already.
	 */
	void filesChanged(Set<Path> files) {
		if (this.generations.isRunning()) {
			recycle(files, RecycleReason.FILE_CHANGE, null);
		}
		else if (this.context.rapidFail().reset()) {
			log.info("Application '{}' is started again because its files have changed", this.application);
			this.generations.current().start();
		}
		else {
			// The script may have been missing.
			this.generations.current().start(this.context.settings().minProcessCount());
		}
	}

	/**
	 * The newest generation asks to be replaced.
	 */
	void recycleRequested(NodeProcessManager asking) {
		recycle(Set.of(CONTROL_PIPE), RecycleReason.REQUESTED_BY_APPLICATION, asking);
	}

	private void recycle(Set<Path> causes, RecycleReason reason, @Nullable NodeProcessManager asking) {
		switch (this.loop.changed(causes)) {
			case RECYCLE -> this.generations.recycle(reason, asking);
			case STOP -> {
				log.warn("Application '{}' seems to recycle itself when it starts: {} recycles in a row because of {}."
						+ " That is ignored until it has not happened for {} s, after which one recycle catches up,"
						+ " or until it is recycled by hand."
						+ " Change iisnode.watched-files, or let the application write elsewhere.", this.application,
						RecycleLoop.MOST_IN_A_ROW, this.loop.suspects(), RecycleLoop.QUIET.toSeconds());
				planCatchUp(reason);
			}
			case IGNORE -> {
				log.debug("Application '{}' is not recycled because of {}", this.application, causes);
				planCatchUp(reason);
			}
		}
	}

	private void planCatchUp(RecycleReason reason) {
		Duration left = this.loop.untilCatchUp();
		if (left != null && this.lookPlanned.compareAndSet(false, true)) {
			// Not much later than the shortest time, as what is left may become that.
			long delay = Math.min(left.toNanos(), RecycleLoop.QUIET.toNanos());
			this.context.services().async().next().schedule(() -> catchUp(reason), delay, TimeUnit.NANOSECONDS);
		}
	}

	private void catchUp(RecycleReason reason) {
		this.lookPlanned.set(false);
		if (this.loop.catchUp()) {
			this.generations.recycle(reason, null);
		}
		else {
			// Something was ignored meanwhile, and the quiet time has begun anew.
			planCatchUp(reason);
		}
	}

	/**
	 * Somebody wants a recycle, so whatever triggers itself may be over.
	 */
	void recycleByHand(RecycleReason reason) {
		this.loop.reset();
		this.generations.recycle(reason, null);
	}

	void recycleBegan() {
		this.loop.recycleBegan();
	}

	void recycleEnded() {
		this.loop.recycleEnded();
	}

}
