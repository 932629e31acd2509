package io.iisnode.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A named pipe of Windows that can be read while it is written.
 */
final class OverlappedPipe implements ByteChannel {

	private final AsynchronousFileChannel channel;

	OverlappedPipe(Path path) throws IOException {
		this.channel = AsynchronousFileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		try {
			return get(this.channel.read(target, 0));
		}
		catch (IOException ex) {
			if (isOpen()) {
				// A broken pipe is the end.
				return -1;
			}
			throw ex;
		}
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		return get(this.channel.write(source, 0));
	}

	private static int get(Future<Integer> result) throws IOException {
		try {
			return result.get();
		}
		catch (ExecutionException | InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	@Override
	public boolean isOpen() {
		return this.channel.isOpen();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
