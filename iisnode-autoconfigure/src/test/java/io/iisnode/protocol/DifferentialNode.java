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
	 * Tells what it has got, or does what X-Do says. <code>/file?SIZE</code> is a file of
	 * that size with ranges.
	 */
	static final String SCRIPT = """
			const { createHash } = require('crypto');
			const ranges = (req, res) => {
			  const file = Buffer.alloc(Number(req.url.split('?')[1]), '0123456789abcdefghijklmnopqrstuvwxyz\\n');
			  res.setHeader('Accept-Ranges', 'bytes').setHeader('ETag', '"v1"').setHeader('Content-Type', 'text/plain');
			  const answer = (status, body, fields) => {
			    res.writeHead(status, { 'Content-Length': body.length, ...fields });
			    res.end(body);
			  };
			  const asked = /^bytes=(.+)$/.exec(req.headers.range ?? '');
			  if (!asked || (req.headers['if-range'] ?? '"v1"') !== '"v1"') {
			    answer(200, file);
			    return;
			  }
			  const parts = asked[1].split(',').map((part) => part.trim().split('-'))
			    .map(([first, last]) => first === '' ? [Math.max(0, file.length - last), file.length - 1]
			      : [Number(first), Math.min(last === '' ? Infinity : last, file.length - 1)])
			    .filter(([first, last]) => first <= last)
			    .map(([first, last]) => [`bytes ${first}-${last}/${file.length}`, file.subarray(first, last + 1)]);
			  if (parts.length === 0) {
			    answer(416, '', { 'Content-Range': `bytes */${file.length}` });
			  } else if (parts.length === 1) {
			    answer(206, parts[0][1], { 'Content-Range': parts[0][0] });
			  } else {
			    const pieces = parts.flatMap(([range, bytes]) =>
			      [Buffer.from(`\\r\\n--part\\r\\nContent-Range: ${range}\\r\\n\\r\\n`), bytes]);
			    answer(206, Buffer.concat([...pieces, Buffer.from('\\r\\n--part--\\r\\n')]),
			      { 'Content-Type': 'multipart/byteranges; boundary=part' });
			  }
			};
			const pairs = (label, raw) => raw.flatMap((value, i) => (i % 2) ? [] : [`${label} ${value}: ${raw[i + 1]}`]);
			const server = require('http').createServer({ maxHeaderSize: 200000 }, (req, res) => {
			  if (req.headers['x-early']) {
			    res.end('early');
			    return;
			  }
			  if (req.url.startsWith('/file?')) {
			    ranges(req, res);
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
