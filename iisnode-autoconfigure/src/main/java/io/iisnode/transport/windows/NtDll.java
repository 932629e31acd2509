package io.iisnode.transport.windows;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.win32.W32APIOptions;

/**
 * What an overlapped operation has instead of an error code is a status of the kernel
 * (winternl.h in Microsoft's documentation).
 */
final class NtDll {

	static {
		Native.register(NtDll.class, NativeLibrary.getInstance("ntdll", W32APIOptions.DEFAULT_OPTIONS));
	}

	private NtDll() {
	}

	static native int RtlNtStatusToDosError(int status);

}
