package io.iisnode.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import lombok.extern.slf4j.Slf4j;

import io.iisnode.transport.PipeAddress;

/**
 * Finds what a process has left running. Once it is gone, its children are nobody's, but
 * on Linux their environment, which they have inherited, still tells whose they were.
 * Those that were given another environment are not found, and elsewhere none are: there
 * the agent and, on Windows, a job object see to children as far as they can.
 */
@Slf4j
final class Orphans {

	private static final Path PROCESSES = Path.of("/proc");

	private static final int PASSES = 5;

	private Orphans() {
	}

	/**
	 * Kills the children, and theirs, of a process that has ended. Blocks for some
	 * milliseconds.
	 * @param controlPipe that of the process, in its environment
	 * @param owner the process, for the log
	 * @return how many were killed
	 */
	static int kill(PipeAddress controlPipe, Object owner) {
		int killed = 0;
		byte[] mark = ("IISNODE_CONTROL_PIPE=" + controlPipe.path()).getBytes(StandardCharsets.UTF_8);
		// Again, as they may have had children meanwhile.
		for (int pass = 0; pass < PASSES; pass++) {
			List<ProcessHandle> found = find(mark);
			if (found.isEmpty()) {
				break;
			}
			killed += (int) found.stream().filter(ProcessHandle::destroyForcibly).count();
		}
		if (killed > 0) {
			log.info("{} left {} processes running that it had started; they have been killed", owner, killed);
		}
		return killed;
	}

	private static List<ProcessHandle> find(byte[] mark) {
		List<ProcessHandle> found = new ArrayList<>();
		if (!Files.isDirectory(PROCESSES)) {
			return found;
		}
		try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
			for (Path process : processes) {
				if (Files.isReadable(process.resolve("environ")) && hasVariable(process.resolve("environ"), mark)) {
					ProcessHandle.of(Long.parseLong(process.getFileName().toString())).ifPresent(found::add);
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			log.debug("Cannot look for children of a process", ex);
		}
		return found;
	}

	private static boolean hasVariable(Path environ, byte[] variable) {
		byte[] all;
		try {
			all = Files.readAllBytes(environ);
		}
		catch (IOException ex) {
			// Gone meanwhile, or not ours.
			return false;
		}
		for (int begin = 0, end = 0; end <= all.length; end++) {
			if (end == all.length || all[end] == 0) {
				if (Arrays.equals(all, begin, end, variable, 0, variable.length)) {
					return true;
				}
				begin = end + 1;
			}
		}
		return false;
	}

}
