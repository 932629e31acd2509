package io.iisnode.transport.windows;

import java.util.HashMap;
import java.util.Map;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.win32.W32APIOptions;

/**
 * What Windows counts of a process (winternl.h in Microsoft's documentation, for 64
 * bits). Handles are counted one by one: Wine tells their number neither by
 * <code>GetProcessHandleCount</code> nor with the process.
 *
 * @param handles number of open handles
 * @param workingSet resident memory in bytes
 */
record ProcessFigures(int handles, long workingSet) {

	private static final int SYSTEM_PROCESS_INFORMATION = 5;

	private static final int PROCESS_ID = 0x50;

	private static final int WORKING_SET = 0x90;

	private static final int EXTENDED_HANDLE_INFORMATION = 64;

	private static final int FIRST_HANDLE = 16;

	private static final int HANDLE_SIZE = 40;

	private static final int BUFFER_SIZE = 64 << 20;

	/**
	 * Of all processes, by their ids.
	 */
	static Map<Long, ProcessFigures> all() {
		Map<Long, ProcessFigures> figures = new HashMap<>();
		Map<Long, Integer> handles = countHandles();
		try (Memory memory = query(SYSTEM_PROCESS_INFORMATION)) {
			long entry = 0;
			int next;
			do {
				long id = memory.getLong(entry + PROCESS_ID);
				figures.put(id, new ProcessFigures(handles.getOrDefault(id, 0), memory.getLong(entry + WORKING_SET)));
				next = memory.getInt(entry);
				entry += next;
			}
			while (next != 0);
		}
		return figures;
	}

	private static Map<Long, Integer> countHandles() {
		Map<Long, Integer> handles = new HashMap<>();
		try (Memory memory = query(EXTENDED_HANDLE_INFORMATION)) {
			long count = memory.getLong(0);
			for (long i = 0; i < count; i++) {
				handles.merge(memory.getLong(FIRST_HANDLE + i * HANDLE_SIZE + 8), 1, Integer::sum);
			}
		}
		return handles;
	}

	private static Memory query(int informationClass) {
		Memory memory = new Memory(BUFFER_SIZE);
		int status = NtDll.NtQuerySystemInformation(informationClass, memory, BUFFER_SIZE, null);
		if (status != 0) {
			memory.close();
			throw new IllegalStateException("NtQuerySystemInformation failed with status " + status);
		}
		return memory;
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
