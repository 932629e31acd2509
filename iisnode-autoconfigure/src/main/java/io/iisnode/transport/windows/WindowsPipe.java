package io.iisnode.transport.windows;

import java.io.IOException;
import java.util.concurrent.Executor;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.netty.buffer.ByteBuf;

/**
 * A pipe of Windows.
 */
final class WindowsPipe implements NativePipe {

	private final WindowsCompletionPort port;

	private final Pointer handle;

	private final Executor owner;

	private final Overlapped reading;

	private final Overlapped writing;

	private boolean closed;

	WindowsPipe(WindowsCompletionPort port, Pointer handle, Executor owner) {
		this.port = port;
		this.handle = handle;
		this.owner = owner;
		this.reading = new Overlapped(port, owner);
		this.writing = new Overlapped(port, owner);
	}

	Executor owner() {
		return this.owner;
	}

	@Override
	public long serverProcessId() throws IOException {
		IntByReference id = new IntByReference();
		if (!Kernel32.GetNamedPipeServerProcessId(this.handle, id)) {
			throw Errors.of("GetNamedPipeServerProcessId", Native.getLastError());
		}
		return Integer.toUnsignedLong(id.getValue());
	}

	@Override
	public int read(ByteBuf target, Completion completion) throws IOException {
		int length = target.writableBytes();
		Pointer memory = Overlapped.pointer(target, target.writerIndex(), length);
		boolean done = Kernel32.ReadFile(this.handle, memory, length, null, this.reading.prepare());
		return started("Reading", done ? 0 : Native.getLastError(), this.reading, target, completion);
	}

	@Override
	public int write(ByteBuf source, Completion completion) throws IOException {
		int length = source.readableBytes();
		Pointer memory = Overlapped.pointer(source, source.readerIndex(), length);
		boolean done = Kernel32.WriteFile(this.handle, memory, length, null, this.writing.prepare());
		return started("Writing", done ? 0 : Native.getLastError(), this.writing, source, completion);
	}

	private int started(String action, int errorCode, Overlapped operation, ByteBuf buffer, Completion completion)
			throws IOException {
		if (errorCode == 0) {
			// FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: no packet will come.
			return operation.transferred();
		}
		if (errorCode == Errors.IO_PENDING) {
			operation.pending(buffer, completion);
			return PENDING;
		}
		throw Errors.of(action, errorCode);
	}

	@Override
	public void cancelRead() {
		cancel(this.reading);
	}

	@Override
	public void cancelWrite() {
		cancel(this.writing);
	}

	private void cancel(Overlapped operation) {
		if (!this.closed && operation.isPending()) {
			// ERROR_NOT_FOUND: it has just ended, and its packet is on the way.
			Kernel32.CancelIoEx(this.handle, operation.structure());
		}
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		cancelRead();
		cancelWrite();
		this.closed = true;
		Kernel32.CloseHandle(this.handle);
		this.reading.retire();
		this.writing.retire();
		this.port.closed(this);
	}

}
