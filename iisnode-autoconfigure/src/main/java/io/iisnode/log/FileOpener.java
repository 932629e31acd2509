package io.iisnode.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/**
 * Opens log files. Tests put a full or a slow disk here.
 */
@FunctionalInterface
interface FileOpener {

	/**
	 * The real disk. On Windows, a file opened this way can be read, renamed and removed
	 * by others meanwhile.
	 */
	FileOpener DISK = FileChannel::open;

	WritableByteChannel open(Path file, OpenOption... options) throws IOException;

}
