package io.iisnode.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Versions of node, in the form <code>v20.1.2</code>.
 */
final class NodeVersion {

	static final String MINIMUM = "v20";

	private static final int MINIMUM_MAJOR = 20;

	private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.\\d+\\.\\d+.*", Pattern.DOTALL);

	private static final int ASK_SECONDS = 5;

	private NodeVersion() {
	}

	/**
	 * Whether a version is new enough; one that we do not understand is given a chance.
	 */
	static boolean isSupported(String version) {
		Matcher matcher = VERSION.matcher(version);
		return !matcher.matches() || Integer.parseInt(matcher.group(1)) >= MINIMUM_MAJOR;
	}

	/**
	 * Asks an executable for its version. Blocks up to 5 s.
	 * @param launcher finds and runs it as that of the application
	 * @param command the executable, and what stands before its other arguments
	 * @param directory working folder
	 * @return the version, null if it does not tell
	 */
	static @Nullable String ask(ProcessLauncher launcher, List<String> command, Path directory) {
		List<String> arguments = new ArrayList<>(command);
		arguments.add("--version");
		try {
			Process process = launcher.launch(new ProcessCommand(arguments, directory, Map.of()));
			process.getOutputStream().close();
			try {
				if (process.waitFor(ASK_SECONDS, TimeUnit.SECONDS)) {
					String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
					return VERSION.matcher(answer).matches() ? answer : null;
				}
				return null;
			}
			finally {
				process.destroyForcibly();
				launcher.ended(process);
			}
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			// The last where no thread can be had, which must not hide why it is asked.
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

}
