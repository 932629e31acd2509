package io.iisnode.transport.windows;

import java.util.concurrent.Executor;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a pipe: an <code>OVERLAPPED</code> structure (minwinbase.h in
 * Microsoft's documentation) and, while an operation is pending, the buffer that the
 * system reads or fills. Both are memory outside the Java heap that stays where it is
 * until the operation's packet has been dequeued, whatever becomes of the channel.
 */
final class Overlapped {

	/**
	 * Status and count have the size of pointers; so has the event; the offsets are two
	 * ints.
	 */
	private static final int SIZE = 3 * Native.POINTER_SIZE + 2 * Integer.BYTES;

	private final Memory structure = new Memory(SIZE);

	private final WindowsCompletionPort port;

	private final Executor owner;

	private @Nullable ByteBuf buffer;

	private NativePipe.@Nullable Completion completion;

	private boolean retired;

	/**
	 * Makes an operation.
	 * @param port where it ends
	 * @param owner calls its completion
	 */
	Overlapped(WindowsCompletionPort port, Executor owner) {
		this.port = port;
		this.owner = owner;
		port.add(this);
	}

	Executor owner() {
		return this.owner;
	}

	/**
	 * Prepares the structure for the next operation.
	 */
	Pointer prepare() {
		if (isPending() || this.retired) {
			throw new IllegalStateException(this.retired ? "The pipe is closed" : "An operation is pending");
		}
		this.structure.clear();
		return this.structure;
	}

	long address() {
		return Pointer.nativeValue(this.structure);
	}

	Pointer structure() {
		return this.structure;
	}

	void pending(ByteBuf operationsBuffer, NativePipe.Completion toCall) {
		this.buffer = operationsBuffer.retain();
		this.completion = toCall;
		this.port.started();
	}

	boolean isPending() {
		return this.completion != null;
	}

	int transferred() {
		return (Native.POINTER_SIZE == Long.BYTES) ? (int) this.structure.getLong(Native.POINTER_SIZE)
				: this.structure.getInt(Native.POINTER_SIZE);
	}

	/**
	 * To be called by the owner when the packet has been dequeued.
	 */
	void completed() {
		NativePipe.Completion toCall = this.completion;
		ByteBuf used = this.buffer;
		if (toCall == null || used == null) {
			return;
		}
		int status = this.structure.getInt(0);
		int count = transferred();
		this.completion = null;
		this.buffer = null;
		this.port.ended();
		if (this.retired) {
			free();
		}
		try {
			toCall.completed(count, (status != 0) ? NtDll.RtlNtStatusToDosError(status) : 0);
		}
		finally {
			used.release();
		}
	}

	/**
	 * Frees the structure, now or when the operation that uses it has ended.
	 */
	void retire() {
		if (!this.retired) {
			this.retired = true;
			if (!isPending()) {
				free();
			}
		}
	}

	private void free() {
		this.port.remove(this);
		this.structure.close();
	}

	/**
	 * Where the system finds bytes of a direct buffer.
	 */
	static Pointer pointer(ByteBuf buffer, int index, int length) {
		if (buffer.hasMemoryAddress()) {
			return new Pointer(buffer.memoryAddress() + index);
		}
		return Native.getDirectBufferPointer(buffer.nioBuffer(index, length).slice());
	}

}
