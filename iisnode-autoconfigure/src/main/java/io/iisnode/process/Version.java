package io.iisnode.process;

/**
 * Our version, as applications see it in <code>IISNODE_VERSION</code>.
 */
final class Version {

	static final String CURRENT = find();

	private Version() {
	}

	private static String find() {
		String version = Version.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "development";
	}

}
