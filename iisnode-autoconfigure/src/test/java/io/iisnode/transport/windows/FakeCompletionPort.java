package io.iisnode.transport.windows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A port without Windows: pipes whose operations end when the test says so.
 */
final class FakeCompletionPort implements CompletionPort {

	static final long SERVER = 4711;

	final List<FakePipe> pipes = new CopyOnWriteArrayList<>();

	volatile int openFailure;

	volatile boolean closed;

	private final BlockingQueue<Runnable> packets = new LinkedBlockingQueue<>();

	@Override
	public NativePipe open(String name, Executor owner) throws IOException {
		if (this.openFailure != 0) {
			throw Errors.ofOpen(name, this.openFailure);
		}
		FakePipe pipe = new FakePipe(owner);
		this.pipes.add(pipe);
		return pipe;
	}

	@Override
	public int await(long millis) {
		try {
			Runnable first = (millis < 0) ? this.packets.take() : this.packets.poll(millis, TimeUnit.MILLISECONDS);
			List<Runnable> all = new ArrayList<>();
			if (first != null) {
				all.add(first);
				this.packets.drainTo(all);
				all.forEach(Runnable::run);
			}
			return all.size();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return 0;
		}
	}

	@Override
	public void wakeup() {
		this.packets.add(() -> {
		});
	}

	@Override
	public void close() {
		this.pipes.forEach((pipe) -> pipe.owner.execute(pipe::close));
		do {
			await(5);
		}
		while (this.pipes.stream().anyMatch((pipe) -> !pipe.isClosed || pipe.read != null || pipe.write != null));
		this.closed = true;
	}

	/**
	 * The client's end; the test is the other one.
	 */
	final class FakePipe implements NativePipe {

		private final Executor owner;

		volatile @Nullable Pending read;

		volatile @Nullable Pending write;

		volatile int immediateWrites;

		final StringBuffer written = new StringBuffer();

		volatile boolean isClosed;

		FakePipe(Executor owner) {
			this.owner = owner;
		}

		private void packet(Runnable action) {
			FakeCompletionPort.this.packets.add(() -> this.owner.execute(action));
		}

		@Override
		public long serverProcessId() {
			return SERVER;
		}

		@Override
		public int read(ByteBuf target, Completion completion) {
			if (this.read != null) {
				throw new IllegalStateException("A read is pending");
			}
			this.read = new Pending(target.retain(), completion);
			return PENDING;
		}

		@Override
		public int write(ByteBuf source, Completion completion) {
			if (this.write != null) {
				throw new IllegalStateException("A write is pending");
			}
			if (this.immediateWrites > 0) {
				this.immediateWrites--;
				this.written.append(source.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
				return source.readableBytes();
			}
			this.write = new Pending(source.retain(), completion);
			return PENDING;
		}

		/**
		 * Ends the pending read with bytes.
		 */
		void deliver(String text) {
			packet(() -> {
				Pending pending = this.read;
				this.read = null;
				byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
				pending.buffer.setBytes(pending.buffer.writerIndex(), bytes);
				pending.end(bytes.length, 0);
			});
		}

		void failRead(int code) {
			packet(() -> {
				Pending pending = this.read;
				this.read = null;
				pending.end(0, code);
			});
		}

		/**
		 * Ends the pending write after some of its bytes.
		 */
		void take(int bytes) {
			packet(() -> {
				Pending pending = this.write;
				this.write = null;
				int count = Math.min(bytes, pending.buffer.readableBytes());
				this.written.append(pending.buffer.toString(pending.buffer.readerIndex(), count,
						java.nio.charset.StandardCharsets.ISO_8859_1));
				pending.end(count, 0);
			});
		}

		void failWrite(int code) {
			packet(() -> {
				Pending pending = this.write;
				this.write = null;
				pending.end(0, code);
			});
		}

		@Override
		public void cancelRead() {
			if (this.read != null) {
				failRead(Errors.OPERATION_ABORTED);
			}
		}

		@Override
		public void cancelWrite() {
			if (this.write != null) {
				failWrite(Errors.OPERATION_ABORTED);
			}
		}

		@Override
		public void close() {
			if (!this.isClosed) {
				cancelRead();
				cancelWrite();
				this.isClosed = true;
			}
		}

	}

	/**
	 * An operation that goes on.
	 */
	record Pending(ByteBuf buffer, NativePipe.Completion completion) {

		void end(int transferred, int code) {
			this.completion.completed(transferred, code);
			this.buffer.release();
		}

	}

}
