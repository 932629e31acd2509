package io.iisnode.transport;

/**
 * Address of a pipe: the path of a Unix domain socket, or the name of a named pipe on
 * Windows. It is what a node process finds in <code>PORT</code>.
 *
 * @param path the path as node's <code>server.listen(path)</code> takes it
 */
public record PipeAddress(String path) {

	@Override
	public String toString() {
		return this.path;
	}

}
