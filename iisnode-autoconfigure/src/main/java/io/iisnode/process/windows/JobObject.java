package io.iisnode.process.windows;

import java.io.IOException;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * A job object that ends its processes, and those that they start, when its last handle
 * is closed ("Job Objects" in Microsoft's documentation). We hold the only one, and the
 * system closes it however our own process ends.
 */
final class JobObject implements AutoCloseable {

	/** JobObjectExtendedLimitInformation. */
	private static final int EXTENDED_LIMIT_INFORMATION = 9;

	/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION, on 64 and 32 bits. */
	private static final int INFORMATION_SIZE = (Native.POINTER_SIZE == Long.BYTES) ? 144 : 112;

	/** BasicLimitInformation.LimitFlags, behind two times of 64 bits. */
	private static final int LIMIT_FLAGS = 16;

	/** JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE. */
	private static final int KILL_ON_JOB_CLOSE = 0x2000;

	/** PROCESS_SET_QUOTA | PROCESS_TERMINATE. */
	private static final int ASSIGN_ACCESS = 0x0100 | 0x0001;

	private final Pointer handle;

	private boolean closed;

	private JobObject(Pointer handle) {
		this.handle = handle;
	}

	/**
	 * Creates a job without a name, which nobody else can open.
	 */
	static JobObject create() throws IOException {
		Pointer handle = Kernel32.CreateJobObjectW(null, null);
		if (handle == null) {
			throw failure("CreateJobObject");
		}
		try (Memory information = new Memory(INFORMATION_SIZE)) {
			information.clear();
			information.setInt(LIMIT_FLAGS, KILL_ON_JOB_CLOSE);
			if (!Kernel32.SetInformationJobObject(handle, EXTENDED_LIMIT_INFORMATION, information, INFORMATION_SIZE)) {
				IOException failure = failure("SetInformationJobObject");
				Kernel32.CloseHandle(handle);
				throw failure;
			}
		}
		return new JobObject(handle);
	}

	/**
	 * Takes in a process; what it starts from now on belongs to the job as well.
	 * @param processId its id
	 */
	synchronized void assign(long processId) throws IOException {
		if (this.closed) {
			throw new IOException("The job object is closed");
		}
		Pointer process = Kernel32.OpenProcess(ASSIGN_ACCESS, false, (int) processId);
		if (process == null) {
			throw failure("OpenProcess");
		}
		try {
			if (!Kernel32.AssignProcessToJobObject(this.handle, process)) {
				throw failure("AssignProcessToJobObject");
			}
		}
		finally {
			Kernel32.CloseHandle(process);
		}
	}

	private static IOException failure(String call) {
		return new IOException(call + " failed with error " + Native.getLastError());
	}

	/**
	 * Ends what is still running.
	 */
	@Override
	public synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			Kernel32.CloseHandle(this.handle);
		}
	}

}
