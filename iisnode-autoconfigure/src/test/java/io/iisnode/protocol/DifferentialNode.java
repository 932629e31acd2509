package io.iisnode.protocol;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A node process that listens on a port of its own, with no host before it.
 */
final class DifferentialNode implements AutoCloseable {

	/**
	 * Tells what it has got, or does what X-Do says.
	 */
	static final String SCRIPT = """
			const { createHash } = require('crypto');
			const pairs = (label, raw) => raw.flatMap((value, i) => (i % 2) ? [] : [`${label} ${value}: ${raw[i + 1]}`]);
			const server = require('http').createServer({ maxHeaderSize: 200000 }, (req, res) => {
			  if (req.headers['x-early']) {
			    res.end('early');
			    return;
			  }
			  const pieces = [];
			  req.on('data', (piece) => pieces.push(piece)).on('end', () => {
			    const body = Buffer.concat(pieces);
			    if (req.headers['x-do']) {
			      const code = Buffer.from(req.headers['x-do'], 'base64').toString('latin1');
			      try {
			        new Function('req', 'res', 'body', code)(req, res, body);
			      } catch (error) {
			        console.error(error);
			        req.socket.destroy();
			      }
			      return;
			    }
			    res.setHeader('Content-Type', 'text/x-echo');
			    res.end([
			      `seen ${req.method} ${req.url}`,
			      `seen HTTP/${req.httpVersion}`,
			      ...pairs('seen-field', req.rawHeaders),
			      `seen-body ${body.length} ${createHash('sha1').update(body).digest('hex')}`,
			      ...pairs('seen-trailer', req.rawTrailers)
			    ].join('\\n'), 'latin1');
			  });
			});
			server.keepAliveTimeout = 60000;
			server.listen(process.env.PORT, () => console.log(`${server.address().port}`));
			""";

	private final Process process;

	private final int port;

	private DifferentialNode(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static DifferentialNode start(Path script) throws IOException {
		ProcessBuilder builder = new ProcessBuilder("node", script.toString()).redirectErrorStream(true);
		builder.environment().put("PORT", "0");
		Process process = builder.start();
		String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
			.readLine();
		return new DifferentialNode(process, Integer.parseInt(line));
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
