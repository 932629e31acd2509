package io.iisnode.transport.windows;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.ptr.IntByReference;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * An I/O completion port of Windows ("I/O Completion Ports" in Microsoft's
 * documentation).
 */
@Slf4j
final class WindowsCompletionPort implements CompletionPort {

	/** SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION: the server may not act as us. */
	private static final int SECURITY_FLAGS = 0x100000 | 0x10000;

	/** FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE. */
	private static final byte NOTIFICATION_MODES = 1 | 2;

	private static final Pointer INVALID_HANDLE = new Pointer(-1);

	private static final int INFINITE = -1;

	/** Keeps the memory of operations without an end from the garbage collector. */
	private static final Map<Long, Overlapped> LOST = new ConcurrentHashMap<>();

	private static final int ENTRIES = 64;

	/** Key, address, status and count, the last of which is an int with padding. */
	private static final int ENTRY_SIZE = 4 * Native.POINTER_SIZE;

	private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final long CLOSE_POLL_MILLIS = 100;

	private final Pointer handle;

	private final Memory entries = new Memory((long) ENTRIES * ENTRY_SIZE);

	private final IntByReference removed = new IntByReference();

	/** Of all open pipes, and of closed ones while something is pending. */
	private final Map<Long, Overlapped> operations = new ConcurrentHashMap<>();

	private final Set<WindowsPipe> pipes = ConcurrentHashMap.newKeySet();

	private final AtomicInteger pending = new AtomicInteger();

	private final AtomicBoolean wakeupPosted = new AtomicBoolean();

	private final Object lock = new Object();

	private boolean closed;

	WindowsCompletionPort() {
		Pointer created = Kernel32.CreateIoCompletionPort(INVALID_HANDLE, null, null, 1);
		if (created == null) {
			throw new IllegalStateException("CreateIoCompletionPort failed with error " + Native.getLastError());
		}
		this.handle = created;
	}

	@Override
	public NativePipe open(String name, Executor owner) throws IOException {
		Pointer file = Kernel32.CreateFileW(new WString(name), WinNT.GENERIC_READ | WinNT.GENERIC_WRITE, 0, null,
				WinNT.OPEN_EXISTING, WinNT.FILE_FLAG_OVERLAPPED | SECURITY_FLAGS, null);
		if (INVALID_HANDLE.equals(file)) {
			throw Errors.ofOpen(name, Native.getLastError());
		}
		if (!associate(file) || !Kernel32.SetFileCompletionNotificationModes(file, NOTIFICATION_MODES)) {
			int code = Native.getLastError();
			Kernel32.CloseHandle(file);
			throw Errors.of("Use of the pipe with a completion port", code);
		}
		WindowsPipe pipe = new WindowsPipe(this, file, owner);
		this.pipes.add(pipe);
		return pipe;
	}

	private boolean associate(Pointer file) {
		synchronized (this.lock) {
			// The value of a closed handle may be that of another one already.
			return !this.closed && Kernel32.CreateIoCompletionPort(file, this.handle, null, 0) != null;
		}
	}

	void closed(WindowsPipe pipe) {
		this.pipes.remove(pipe);
	}

	/**
	 * An operation may be started from now on.
	 */
	void add(Overlapped operation) {
		this.operations.put(operation.address(), operation);
	}

	/**
	 * An operation will not be started again, and is not under way.
	 */
	void remove(Overlapped operation) {
		this.operations.remove(operation.address());
	}

	void started() {
		this.pending.incrementAndGet();
	}

	void ended() {
		this.pending.decrementAndGet();
	}

	@Override
	public int await(long millis) {
		int timeout = (millis < 0) ? INFINITE : (int) Math.min(millis, Integer.MAX_VALUE);
		if (!Kernel32.GetQueuedCompletionStatusEx(this.handle, this.entries, ENTRIES, this.removed, timeout, false)) {
			return 0;
		}
		int count = this.removed.getValue();
		// Taken out before any is called: what is called may wait here again.
		long[] addresses = new long[count];
		for (int i = 0; i < count; i++) {
			addresses[i] = address(i);
		}
		int ended = 0;
		for (long address : addresses) {
			Overlapped operation = (address != 0) ? this.operations.get(address) : null;
			if (operation != null) {
				ended++;
				complete(operation);
			}
			else if (address == 0) {
				this.wakeupPosted.set(false);
			}
		}
		return ended;
	}

	private long address(int entry) {
		@Nullable Pointer overlapped = this.entries.getPointer((long) entry * ENTRY_SIZE + Native.POINTER_SIZE);
		return Pointer.nativeValue(overlapped);
	}

	private static void complete(Overlapped operation) {
		try {
			execute(operation.owner(), operation::completed);
		}
		catch (RuntimeException | Error ex) {
			// The packets that were taken out with this one must still be handled.
			log.warn("End of a pipe operation was not handled", ex);
		}
	}

	private static void execute(Executor owner, Runnable action) {
		try {
			owner.execute(action);
		}
		catch (RejectedExecutionException ex) {
			// The event loop is gone, but what it holds has to be given back.
			action.run();
		}
	}

	@Override
	public void wakeup() {
		if (this.wakeupPosted.compareAndSet(false, true)) {
			synchronized (this.lock) {
				if (!this.closed) {
					Kernel32.PostQueuedCompletionStatus(this.handle, 0, null, null);
				}
			}
		}
	}

	@Override
	public void close() {
		this.pipes.forEach((pipe) -> execute(pipe.owner(), pipe::close));
		long deadline = System.nanoTime() + CLOSE_NANOS;
		while (this.pending.get() > 0 && System.nanoTime() - deadline < 0) {
			await(CLOSE_POLL_MILLIS);
		}
		if (this.pending.get() > 0) {
			// Their memory is left to the system for ever: better lost than overwritten.
			log.warn("{} pipe operations have not ended", this.pending.get());
			LOST.putAll(this.operations);
		}
		synchronized (this.lock) {
			this.closed = true;
			Kernel32.CloseHandle(this.handle);
		}
		this.entries.close();
	}

}
