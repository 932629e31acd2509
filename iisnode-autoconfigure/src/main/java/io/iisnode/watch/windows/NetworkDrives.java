package io.iisnode.watch.windows;

import java.nio.file.Path;

import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;

/**
 * Letters of drives behind which a share is. The JDK does not tell that: the type of its
 * file system is that of the server's disk.
 */
public final class NetworkDrives {

	private NetworkDrives() {
	}

	/**
	 * Whether a folder is on a drive of the network ({@code GetDriveType} in Microsoft's
	 * documentation). Where links lead is not looked at.
	 * @param folder an existing folder
	 * @return whether it is; false for a path without a drive
	 */
	public static boolean contains(Path folder) {
		Path root = folder.toAbsolutePath().getRoot();
		return root != null && Kernel32.INSTANCE.GetDriveType(root.toString()) == WinBase.DRIVE_REMOTE;
	}

}
