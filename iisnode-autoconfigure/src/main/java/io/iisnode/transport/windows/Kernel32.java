package io.iisnode.transport.windows;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.win32.W32APIOptions;
import org.jspecify.annotations.Nullable;

/**
 * The system calls, with pointers where JNA Platform has arrays: an array would be
 * copied, and the copy be gone before an overlapped operation ends. Names and parameters
 * are those of Microsoft's documentation (fileapi.h, ioapiset.h, handleapi.h,
 * namedpipeapi.h, winbase.h).
 */
final class Kernel32 {

	static {
		Native.register(Kernel32.class, NativeLibrary.getInstance("kernel32", W32APIOptions.DEFAULT_OPTIONS));
	}

	private Kernel32() {
	}

	static native Pointer CreateFileW(WString fileName, int desiredAccess, int shareMode,
			@Nullable Pointer securityAttributes, int creationDisposition, int flagsAndAttributes,
			@Nullable Pointer templateFile);

	static native boolean ReadFile(Pointer file, Pointer buffer, int bytesToRead, @Nullable Pointer bytesRead,
			Pointer overlapped);

	static native boolean WriteFile(Pointer file, Pointer buffer, int bytesToWrite, @Nullable Pointer bytesWritten,
			Pointer overlapped);

	static native boolean CancelIoEx(Pointer file, @Nullable Pointer overlapped);

	static native boolean CloseHandle(Pointer object);

	static native boolean SetFileCompletionNotificationModes(Pointer file, byte flags);

	static native boolean GetNamedPipeServerProcessId(Pointer pipe, IntByReference serverProcessId);

	static native @Nullable Pointer CreateIoCompletionPort(Pointer file, @Nullable Pointer existingPort,
			@Nullable Pointer completionKey, int numberOfConcurrentThreads);

	static native boolean GetQueuedCompletionStatusEx(Pointer port, Pointer entries, int count, IntByReference removed,
			int milliseconds, boolean alertable);

	static native boolean PostQueuedCompletionStatus(Pointer port, int transferred, @Nullable Pointer completionKey,
			@Nullable Pointer overlapped);

}
