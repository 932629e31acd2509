package io.iisnode.protocol;

/**
 * A node application that leaves HTTP in the way that the request target names.
 */
final class UpgradingNode {

	/**
	 * Knows <code>Upgrade: echo</code>, which repeats all bytes, and WebSocket, which
	 * repeats all frames; more by path.
	 */
	static final String SCRIPT = """
			const http = require('http');
			const crypto = require('crypto');
			const fs = require('fs');
			const events = [];
			const open = new Set();
			const server = http.createServer((request, response) => {
			  if (request.url.startsWith('/events')) {
			    response.end(JSON.stringify({ events, open: open.size, pid: process.pid }));
			  }
			  else if (request.url.startsWith('/unasked')) {
			    response.socket.end('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: a\\r\\nConnection: Upgrade\\r\\n\\r\\n');
			  }
			  else {
			    response.end(request.method + ' ' + request.url + ' ' + request.rawHeaders.join('|'));
			  }
			});
			function accept(request) {
			  return crypto.createHash('sha1')
			    .update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
			}
			server.on('upgrade', (request, socket, head) => {
			  const url = request.url.replace(/^.(limited|aging)/, '');
			  open.add(socket);
			  socket.on('error', (error) => events.push(url + ' error ' + error.code));
			  socket.on('end', () => events.push(url + ' end'));
			  socket.on('close', () => { open.delete(socket); events.push(url + ' close'); });
			  if (url.startsWith('/refuse')) {
			    socket.end('HTTP/1.1 403 Not Today\\r\\nContent-Length: 6\\r\\nX-Why: secret\\r\\n\\r\\nsorry\\n');
			    return;
			  }
			  if (url.startsWith('/ws')) {
			    socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'
			      + 'Sec-WebSocket-Accept: ' + accept(request) + '\\r\\n\\r\\n');
			    frames(url, socket, head);
			    return;
			  }
			  const reply = 'HTTP/1.1 101 Over To You\\r\\nUpgrade: ' + request.headers.upgrade
			    + '\\r\\nconnection: UpGrade\\r\\nX-Mixed: a  b\\r\\nSet-Cookie: a=1\\r\\nSet-Cookie: b=2\\r\\n\\r\\n';
			  if (url.startsWith('/headers')) {
			    socket.end(reply + request.rawHeaders.join('|'));
			  }
			  else if (url.startsWith('/flood')) {
			    socket.write(reply);
			    const chunk = Buffer.alloc(65536, 'x');
			    let sent = 0;
			    const more = () => {
			      while (!socket.destroyed && sent < 200 * 1024 * 1024) {
			        sent += chunk.length;
			        if (!socket.write(chunk)) { events.push('flood ' + sent); return; }
			      }
			      socket.end();
			    };
			    socket.on('drain', more);
			    more();
			  }
			  else if (url.startsWith('/last')) {
			    // All that the client says first, the answer after its end.
			    const all = [head];
			    socket.write(reply);
			    socket.on('data', (data) => all.push(data));
			    socket.on('end', () => socket.end('got ' + Buffer.concat(all).toString()));
			  }
			  else if (url.startsWith('/first')) {
			    // Ends its side at once, and hears what the client says.
			    socket.end(reply + 'bye');
			    socket.on('data', (data) => events.push(url + ' heard ' + data));
			  }
			  else if (url.startsWith('/silent')) {
			    socket.write(reply);
			    socket.resume();
			    socket.on('end', () => socket.end());
			  }
			  else if (url.startsWith('/deaf')) {
			    socket.write(reply);
			  }
			  else {
			    socket.write(reply + 'hello;');
			    socket.write(head);
			    socket.on('data', (data) => { if (!socket.write(data)) socket.pause(); });
			    socket.on('drain', () => socket.resume());
			    socket.on('end', () => socket.end());
			  }
			});
			function frames(url, socket, head) {
			  let buffer = head;
			  const take = () => {
			    while (buffer.length >= 2) {
			      let length = buffer[1] & 127, offset = 2;
			      if (length === 126) {
			        if (buffer.length < 4) return;
			        length = buffer.readUInt16BE(2); offset = 4;
			      }
			      else if (length === 127) {
			        if (buffer.length < 10) return;
			        length = Number(buffer.readBigUInt64BE(2)); offset = 10;
			      }
			      const masked = (buffer[1] & 128) !== 0;
			      const begin = offset + (masked ? 4 : 0);
			      if (buffer.length < begin + length) return;
			      const payload = Buffer.from(buffer.subarray(begin, begin + length));
			      if (masked) for (let i = 0; i < length; i++) payload[i] ^= buffer[offset + i % 4];
			      frame(buffer[0], payload);
			      buffer = buffer.subarray(begin + length);
			    }
			  };
			  const frame = (first, payload) => {
			    const header = payload.length < 126 ? Buffer.from([first, payload.length])
			      : payload.length < 65536 ? Buffer.from([first, 126, payload.length >> 8, payload.length & 255])
			      : Buffer.concat([Buffer.from([first, 127]), Buffer.alloc(8)]);
			    if (payload.length >= 65536) header.writeBigUInt64BE(BigInt(payload.length), 2);
			    if ((first & 15) === 8) {
			      events.push(url + ' closed ' + payload.readUInt16BE(0));
			      fs.appendFileSync('closed.txt', url + ' ' + payload.readUInt16BE(0) + '\\n');
			      socket.end(Buffer.concat([header, payload]));
			    }
			    else if (!socket.write(Buffer.concat([header, payload]))) {
			      socket.pause();
			    }
			  };
			  socket.on('drain', () => socket.resume());
			  socket.on('data', (data) => { buffer = buffer.length ? Buffer.concat([buffer, data]) : data; take(); });
			  socket.on('end', () => socket.end());
			  take();
			}
			server.listen(process.env.PORT);
			""";

	private UpgradingNode() {
	}

}
