package io.iisnode.transport.windows;

import java.io.IOException;

import io.netty.buffer.ByteBuf;

/**
 * The client's end of a named pipe: the native calls, and nothing else. At most one read
 * and one write at a time. No method waits for the other end.
 * <p>
 * Confined to the thread of the owner for whom it was opened.
 */
interface NativePipe {

	/** The operation goes on; its {@link Completion} is called when it has ended. */
	int PENDING = -1;

	/**
	 * Who serves the pipe.
	 * @return the id of the process that created the other end
	 * @throws IOException if the system does not tell
	 */
	long serverProcessId() throws IOException;

	/**
	 * Reads what is there, or what comes.
	 * @param target a direct buffer. It belongs to the operation while that is
	 * {@link #PENDING}, and to the caller again when the completion is called, or this
	 * method returns anything else or throws. Its indexes are left alone
	 * @param completion told of the end of a pending operation, also after
	 * {@link #close()}
	 * @return number of bytes read at the writer index, or {@link #PENDING}
	 * @throws IOException if the read has failed at once
	 */
	int read(ByteBuf target, Completion completion) throws IOException;

	/**
	 * Writes what is readable.
	 * @param source a direct buffer of one piece; whose it is, see {@link #read}
	 * @param completion told of the end of a pending operation, also after
	 * {@link #close()}
	 * @return number of bytes written, or {@link #PENDING}
	 * @throws IOException if the write has failed at once
	 */
	int write(ByteBuf source, Completion completion) throws IOException;

	/**
	 * Asks for the end of a pending read, which still has to be awaited.
	 */
	void cancelRead();

	/**
	 * Asks for the end of a pending write, which still has to be awaited.
	 */
	void cancelWrite();

	/**
	 * Gives the pipe back. What is pending is cancelled and still reports its end.
	 */
	void close();

	/**
	 * The end of a pending operation.
	 */
	@FunctionalInterface
	interface Completion {

		/**
		 * The operation has ended, and the system uses its buffer no more.
		 * @param transferred number of bytes
		 * @param errorCode why it has failed, in codes of Windows; 0: it has not
		 */
		void completed(int transferred, int errorCode);

	}

}
