package io.iisnode.transport.windows;

import java.io.IOException;

/**
 * Decides whether the process that serves a pipe is the one meant, before anything is
 * written there.
 */
@FunctionalInterface
interface ServerCheck {

	/**
	 * Checks the server.
	 * @param name name of the pipe
	 * @param processId who serves it
	 * @throws IOException if that is somebody else
	 */
	void check(String name, long processId) throws IOException;

}
