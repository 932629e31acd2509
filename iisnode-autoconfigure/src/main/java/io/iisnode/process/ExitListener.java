package io.iisnode.process;

/**
 * Hears of the end of each process. Called on a thread that may block for a moment, after
 * the process is gone and its last words are known.
 */
@FunctionalInterface
public interface ExitListener {

	/**
	 * A process has ended, or could not be launched.
	 * @param application name of its application
	 * @param exit how it ended
	 */
	void exited(String application, ProcessExit exit);

}
