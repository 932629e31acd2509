package io.iisnode.web;

import org.jspecify.annotations.Nullable;

/**
 * An application handed off a file that does not exist or that it may not hand off.
 */
final class FileNotServedException extends RuntimeException {

	FileNotServedException(String name, @Nullable Throwable cause) {
		super("X-Accel-Redirect names no file in the folders of iisnode.accel-locations: " + name, cause, false, false);
	}

}
