package io.iisnode.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A host in a JVM of its own that has a private folder, and no more.
 */
public final class PrivateFolderHost {

	private PrivateFolderHost() {
	}

	public static void main(String[] arguments) throws IOException {
		PrivateFolder folder = PrivateFolder.create(Path.of(arguments[0]), PrivateFolderTests.PREFIX);
		if (arguments[1].equals("gone")) {
			folder.close();
			return;
		}
		System.out.println(folder.path());
		// Its end is that of whoever has started it, if not earlier.
		System.in.transferTo(OutputStream.nullOutputStream());
	}

}
