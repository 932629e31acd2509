package io.iisnode.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real disk, until it is told to be full or to block.
 */
final class TestDisk implements FileOpener {

	private volatile int room = Integer.MAX_VALUE;

	private volatile CountDownLatch blocked = new CountDownLatch(0);

	final AtomicInteger refusedWrites = new AtomicInteger();

	/**
	 * Takes this number of bytes and refuses what follows, as a full disk does.
	 */
	void hasRoomFor(int bytes) {
		this.room = bytes;
	}

	void hasRoomAgain() {
		this.room = Integer.MAX_VALUE;
	}

	/**
	 * Writes begin and do not return, as on a network share that is gone.
	 */
	void block() {
		this.blocked = new CountDownLatch(1);
	}

	void unblock() {
		this.blocked.countDown();
	}

	@Override
	public WritableByteChannel open(Path file, OpenOption... options) throws IOException {
		WritableByteChannel channel = FileOpener.DISK.open(file, options);
		return new WritableByteChannel() {

			@Override
			public int write(ByteBuffer bytes) throws IOException {
				awaitDisk();
				if (TestDisk.this.room == Integer.MAX_VALUE) {
					return channel.write(bytes);
				}
				if (TestDisk.this.room == 0) {
					TestDisk.this.refusedWrites.incrementAndGet();
					throw new IOException("No space left on device");
				}
				bytes.limit(bytes.position() + Math.min(bytes.remaining(), TestDisk.this.room));
				int written = channel.write(bytes);
				TestDisk.this.room -= written;
				return written;
			}

			@Override
			public boolean isOpen() {
				return channel.isOpen();
			}

			@Override
			public void close() throws IOException {
				channel.close();
			}

		};
	}

	private void awaitDisk() {
		try {
			this.blocked.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
