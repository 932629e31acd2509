package io.iisnode.compatibility;

/**
 * A version of Node.js to run on.
 *
 * @param version as node prints it, e.g. <code>v20.1.2</code>
 * @param executable absolute path
 */
record NodeRelease(String version, String executable) {

	@Override
	public String toString() {
		return "Node.js " + this.version.substring(1);
	}

}
