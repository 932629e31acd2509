package io.iisnode.log;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Name of this machine, as it stands in the names of log files. It is looked up once, in
 * places that answer at once before the one that may ask a name server.
 */
@Slf4j
final class HostName {

	private static final String UNKNOWN = "localhost";

	private static final Path LINUX_NAME = Path.of("/proc/sys/kernel/hostname");

	private static final int MAX_LENGTH = 64;

	private HostName() {
	}

	static String get() {
		return Holder.NAME;
	}

	private static String lookUp() {
		String name = System.getenv("COMPUTERNAME");
		name = (isMissing(name)) ? System.getenv("HOSTNAME") : name;
		name = (isMissing(name)) ? ofKernel() : name;
		return toFileName((isMissing(name)) ? ofNetwork() : name);
	}

	private static @Nullable String ofKernel() {
		try {
			return (Files.isReadable(LINUX_NAME)) ? Files.readString(LINUX_NAME) : null;
		}
		catch (IOException ex) {
			log.debug("No host name in {}", LINUX_NAME, ex);
			return null;
		}
	}

	private static @Nullable String ofNetwork() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (IOException ex) {
			log.debug("No host name from the network", ex);
			return null;
		}
	}

	/**
	 * Makes a part of a file name that is valid on every operating system.
	 * @param name the host name, {@code null} if it is not known
	 * @return letters, digits, dots, hyphens and underscores, at most 64 of them
	 */
	static String toFileName(@Nullable String name) {
		if (isMissing(name)) {
			return UNKNOWN;
		}
		String safe = Objects.requireNonNull(name).strip().replaceAll("[^A-Za-z0-9._-]|^[.-]", "_");
		return safe.substring(0, Math.min(safe.length(), MAX_LENGTH));
	}

	private static boolean isMissing(@Nullable String name) {
		return name == null || name.isBlank();
	}

	private static final class Holder {

		private static final String NAME = lookUp();

	}

}
