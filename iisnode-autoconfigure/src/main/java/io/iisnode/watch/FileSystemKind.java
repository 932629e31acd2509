package io.iisnode.watch;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What can be expected of notification on a file system.
 */
enum FileSystemKind {

	/** All changes pass through this machine's kernel, which tells. */
	LOCAL,

	/**
	 * The kernel tells some changes, but others happen below or beside it: the layers of
	 * a container.
	 */
	LAYERED,

	/** Others change files without this machine's knowledge, and access may block. */
	NETWORK;

	private static final Set<String> LAYERED_TYPES = Set.of("overlay", "overlayfs", "aufs", "unionfs", "lxfs", "wslfs");

	private static final Set<String> NETWORK_TYPES = Set.of("cifs", "smbfs", "ncpfs", "ncp", "9p", "drvfs", "virtiofs",
			"vboxsf", "vmhgfs", "prl_fs", "afs", "afpfs", "coda", "ceph", "glusterfs", "lustre", "gpfs", "beegfs",
			"gfs", "gfs2", "ocfs2", "orangefs", "pvfs2", "davfs", "davfs2", "webdav", "sshfs", "s3fs", "panfs", "osxfs",
			"grpcfuse", "hgfs");

	/**
	 * The kind of file system that a folder is on.
	 * @param folder an existing folder
	 * @return the kind; {@link #LAYERED} if that cannot be found out
	 */
	static FileSystemKind of(Path folder) {
		if (folder.getFileSystem() != FileSystems.getDefault() || isOnShare(folder)) {
			return NETWORK;
		}
		try {
			return ofType(Files.getFileStore(folder).type());
		}
		catch (IOException ex) {
			return LAYERED;
		}
	}

	/**
	 * The kind of file systems of a type.
	 * @param type a name such as {@code ext4}, {@code nfs4}, {@code fuse.sshfs}
	 */
	static FileSystemKind ofType(String type) {
		String name = type.toLowerCase(Locale.ROOT);
		if (LAYERED_TYPES.contains(name) || name.contains("overlay")) {
			return LAYERED;
		}
		boolean network = NETWORK_TYPES.contains(name) || name.startsWith("fuse") || name.startsWith("nfs")
				|| name.startsWith("smb");
		return (network) ? NETWORK : LOCAL;
	}

	/**
	 * By its own path or behind links. A drive whose letter stands for a share is not
	 * recognised.
	 */
	private static boolean isOnShare(Path folder) {
		if (isUnc(folder.toString())) {
			return true;
		}
		try {
			return isUnc(folder.toRealPath().toString());
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Whether a path names a share ({@code \\server\share\folder}, also behind the prefix
	 * of long paths), and not a local folder behind that prefix or a device.
	 */
	static boolean isUnc(String path) {
		if (path.startsWith("\\\\?\\") || path.startsWith("\\\\.\\")) {
			return path.regionMatches(true, 4, "UNC\\", 0, 4);
		}
		return path.startsWith("\\\\");
	}

}
