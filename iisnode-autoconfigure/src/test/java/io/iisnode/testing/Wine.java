package io.iisnode.testing;

import com.sun.jna.NativeLibrary;

/**
 * Whether this is not Windows itself, but Wine. For tests of what only Windows does.
 */
public final class Wine {

	private Wine() {
	}

	/**
	 * To be named in {@code @DisabledIf}.
	 */
	public static boolean isUsed() {
		if (!System.getProperty("os.name", "").startsWith("Windows")) {
			return false;
		}
		try {
			NativeLibrary.getInstance("ntdll").getFunction("wine_get_version");
			return true;
		}
		catch (LinkageError ex) {
			// Also where there is no JNA.
			return false;
		}
	}

}
