package io.iisnode.transport.windows;

import java.io.IOException;
import java.net.ConnectException;

/**
 * Error codes of Windows ("System Error Codes" in Microsoft's documentation).
 */
final class Errors {

	static final int FILE_NOT_FOUND = 2;

	static final int BROKEN_PIPE = 109;

	static final int PIPE_BUSY = 231;

	static final int NO_DATA = 232;

	static final int PIPE_NOT_CONNECTED = 233;

	static final int OPERATION_ABORTED = 995;

	static final int IO_PENDING = 997;

	private Errors() {
	}

	/**
	 * Whether a failed read means that the other end is closed.
	 */
	static boolean isEndOfStream(int code) {
		return code == BROKEN_PIPE || code == PIPE_NOT_CONNECTED;
	}

	static IOException of(String action, int code) {
		return new PipeException(action, code);
	}

	static IOException ofOpen(String name, int code) {
		return switch (code) {
			case FILE_NOT_FOUND -> new ConnectException("Nobody listens on the pipe (error 2)");
			case PIPE_BUSY -> new ConnectException("All instances of the pipe are busy (error 231)");
			default -> of("Opening of the pipe " + name, code);
		};
	}

	/**
	 * The code of a failure, 0 if it is none of the system's.
	 */
	static int codeOf(IOException failure) {
		return (failure instanceof PipeException pipeFailure) ? pipeFailure.code : 0;
	}

	private static final class PipeException extends IOException {

		private final int code;

		PipeException(String action, int code) {
			super(action + " failed with error " + code + explain(code));
			this.code = code;
		}

		private static String explain(int code) {
			return switch (code) {
				case BROKEN_PIPE, NO_DATA, PIPE_NOT_CONNECTED -> " (the other end is closed)";
				case OPERATION_ABORTED -> " (cancelled)";
				case 5 -> " (access denied)";
				default -> "";
			};
		}

	}

}
