package io.iisnode.benchmarks.torture;

/**
 * The application under load. It tells its process in each response, early, so that one
 * that is cut later belongs to a process too.
 */
final class Script {

	static final String TEXT = """
			const net = require('net');
			const kept = [];
			require('http').createServer((req, res) => {
				const path = req.url.slice(req.url.lastIndexOf('/'));
				res.setHeader('X-Pid', process.pid);
				if (path === '/upload') {
					let length = 0;
					req.on('data', (piece) => length += piece.length).on('end', () => res.end(String(length)));
				} else if (path === '/slow') {
					res.writeHead(200, { 'Content-Length': 10 });
					let left = 10;
					const timer = setInterval(() => {
						res.write('.');
						if (--left === 0) {
							clearInterval(timer);
							res.end();
						}
					}, 40);
				} else if (path === '/events') {
					res.writeHead(200, { 'Content-Type': 'text/event-stream' });
					res.write('data: begin\\n\\n');
					const timer = setInterval(() => res.write('data: tick\\n\\n'), 100);
					res.on('close', () => clearInterval(timer));
				} else if (path === '/recycle') {
					net.connect(process.env.IISNODE_CONTROL_PIPE).on('error', () => {}).end('recycle');
					res.end('asked');
				} else if (path === '/grow') {
					kept.push(Buffer.alloc(150_000_000, 1));
					res.end('grown');
				} else if (path === '/block') {
					const end = performance.now() + 2500;
					while (performance.now() < end);
					res.end('back');
				} else {
					res.end('hello');
				}
			}).listen(process.env.PORT);
			""";

	private Script() {
	}

}
