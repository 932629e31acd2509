package io.iisnode.autoconfigure;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.iisnode.process.ProcessLauncher;
import io.iisnode.process.windows.WindowsProcessLauncher;
import io.iisnode.transport.PipeTransport;
import io.iisnode.transport.windows.WindowsPipeTransport;
import io.iisnode.watch.FileWatcher;
import io.iisnode.watch.windows.NetworkDrives;

/**
 * What Windows has of its own. No class of JNA is loaded on other systems.
 */
final class Platform {

	/** A class of <code>net.java.dev.jna:jna-platform</code>. */
	private static final String JNA_CLASS = "com.sun.jna.platform.win32.WinNT";

	private Platform() {
	}

	static boolean isWindows() {
		return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
	}

	static PipeTransport windowsPipeTransport() {
		requireJna(null);
		return new WindowsPipeTransport();
	}

	static ProcessLauncher windowsProcessLauncher() {
		requireJna(null);
		return new WindowsProcessLauncher();
	}

	static FileWatcher windowsFileWatcher() {
		// Who has pipes of another kind may do without.
		return ClassUtils.isPresent(JNA_CLASS, null) ? new FileWatcher(NetworkDrives::contains) : new FileWatcher();
	}

	/**
	 * Checks that JNA is there.
	 * @param classLoader where to look, null for the default
	 * @throws MissingJnaException if it is not
	 */
	static void requireJna(@Nullable ClassLoader classLoader) {
		if (!ClassUtils.isPresent(JNA_CLASS, classLoader)) {
			throw new MissingJnaException();
		}
	}

	/**
	 * Windows, but no JNA.
	 */
	static final class MissingJnaException extends RuntimeException {

		MissingJnaException() {
			super("Named pipes need the library net.java.dev.jna:jna-platform, which is not on the class path");
		}

	}

}
