package io.iisnode.protocol;

import java.util.Locale;

/**
 * An application that answers before it has the whole request, and goes on reading it.
 */
final class EarlyNode {

	/**
	 * Answers <code>/app/kind/id</code> as the kind says and notes under the id what
	 * becomes of the request.
	 */
	static final String SCRIPT = """
			const seen = {};
			const paused = {};
			let connections = 0;
			const note = (id, what) => (seen[id] ??= []).push(what);
			const bodyless = (status, fields) => (req, res) => res.writeHead(status, fields).end();
			const later = (action) => setTimeout(action, 50);
			const answers = {
			  whole: (req, res) => res.end('accepted'),
			  length: (req, res) => {
			    res.writeHead(200, { 'Content-Length': 8 }).write('acc');
			    later(() => res.end('epted'));
			  },
			  chunked: (req, res) => { res.write('acc'); later(() => res.end('epted')); },
			  trailers: (req, res) => {
			    res.writeHead(200, { Trailer: 'X-Sum' }).write('accepted');
			    res.addTrailers({ 'X-Sum': '1' });
			    res.end();
			  },
			  empty: bodyless(200, { 'Content-Length': 0 }),
			  nocontent: bodyless(204),
			  reset: bodyless(205),
			  unmodified: bodyless(304),
			  text: (req, res) => res.setHeader('Content-Type', 'text/plain').end('accepted'),
			  texts: (req, res) => {
			    res.setHeader('Content-Type', 'text/plain').write('acc');
			    later(() => res.end('epted'));
			  },
			  close: bodyless(202, { Connection: 'close', 'Content-Length': 0 }),
			  destroy: (req, res) => { res.end('accepted'); later(() => req.socket.destroy()); },
			  stuck: (req, res) => { res.end('accepted'); req.pause(); },
			  slow: (req, res) => { res.end('accepted'); req.pause(); paused[req.url.split('/')[3]] = req; },
			};
			const routes = {
			  seen: (id, res) => res.end((seen[id] ?? []).join(' ')),
			  go: (id, res) => { paused[id].resume(); res.end('went'); },
			  connections: (id, res) => res.end(String(connections)),
			};
			const serve = (req, res) => {
			  const [, , kind, id] = req.url.split('/');
			  if (routes[kind]) {
			    routes[kind](id, res);
			    return;
			  }
			  note(id, 'begun');
			  let length = 0;
			  req.on('data', (piece) => { length += piece.length; });
			  req.on('end', () => note(id, `complete=${length}`));
			  // Once it has answered, node tells about a request that breaks off in no other way.
			  req.socket.once('close', () => note(id, req.complete ? 'closed' : 'cut'));
			  answers[kind](req, res);
			};
			const server = require('http').createServer(serve);
			server.on('connection', () => connections++);
			server.on('checkContinue', (req, res) => res.writeHead(413).end('too much'));
			server.keepAliveTimeout = 60000;
			server.listen(process.env.PORT);
			""";

	private EarlyNode() {
	}

	/**
	 * Answers that come in one piece and in several, and those that have no body.
	 */
	enum Answer {

		WHOLE, LENGTH, CHUNKED, TRAILERS, EMPTY, NOCONTENT, RESET, UNMODIFIED;

		String path() {
			return name().toLowerCase(Locale.ROOT);
		}

		String body() {
			return (ordinal() < EMPTY.ordinal()) ? "accepted" : "";
		}

	}

}
