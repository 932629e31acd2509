package io.iisnode.transport.windows;

import java.util.HashMap;
import java.util.Map;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.win32.W32APIOptions;

/**
 * What Windows counts of a process (<code>SYSTEM_PROCESS_INFORMATION</code> of 64 bits,
 * winternl.h in Microsoft's documentation). Wine does not implement
 * <code>GetProcessHandleCount</code>, but this.
 *
 * @param handles number of open handles
 * @param workingSet resident memory in bytes
 */
record ProcessFigures(int handles, long workingSet) {

	private static final int SYSTEM_PROCESS_INFORMATION = 5;

	private static final int PROCESS_ID = 0x50;

	private static final int HANDLE_COUNT = 0x60;

	private static final int WORKING_SET = 0x90;

	/**
	 * Of all processes, by their ids.
	 */
	static Map<Long, ProcessFigures> all() {
		Map<Long, ProcessFigures> figures = new HashMap<>();
		try (Memory memory = new Memory(4 << 20)) {
			int status = NtDll.NtQuerySystemInformation(SYSTEM_PROCESS_INFORMATION, memory, (int) memory.size(), null);
			if (status != 0) {
				throw new IllegalStateException("NtQuerySystemInformation failed with status " + status);
			}
			long entry = 0;
			int next;
			do {
				figures.put(memory.getLong(entry + PROCESS_ID),
						new ProcessFigures(memory.getInt(entry + HANDLE_COUNT), memory.getLong(entry + WORKING_SET)));
				next = memory.getInt(entry);
				entry += next;
			}
			while (next != 0);
		}
		return figures;
	}

	/**
	 * The system call.
	 */
	static final class NtDll {

		static {
			Native.register(NtDll.class, NativeLibrary.getInstance("ntdll", W32APIOptions.DEFAULT_OPTIONS));
		}

		private NtDll() {
		}

		static native int NtQuerySystemInformation(int informationClass, Pointer information, int length,
				Pointer returnLength);

	}

}
