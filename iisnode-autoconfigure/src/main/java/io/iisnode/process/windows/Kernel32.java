package io.iisnode.process.windows;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.win32.W32APIOptions;
import org.jspecify.annotations.Nullable;

/**
 * The system calls for job objects and paths (jobapi2.h, processthreadsapi.h, fileapi.h
 * and handleapi.h in Microsoft's documentation).
 */
final class Kernel32 {

	static {
		Native.register(Kernel32.class, NativeLibrary.getInstance("kernel32", W32APIOptions.DEFAULT_OPTIONS));
	}

	private Kernel32() {
	}

	static native @Nullable Pointer CreateJobObjectW(@Nullable Pointer attributes, @Nullable WString name);

	static native boolean SetInformationJobObject(Pointer job, int informationClass, Pointer information, int length);

	static native boolean AssignProcessToJobObject(Pointer job, Pointer process);

	static native @Nullable Pointer OpenProcess(int desiredAccess, boolean inheritHandle, int processId);

	static native int GetShortPathNameW(WString longPath, Pointer shortPath, int chars);

	static native boolean CloseHandle(Pointer object);

}
