package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.iisnode.testing.NodeHost;

/**
 * A node application that answers with exactly the bytes that a request tells it to, be
 * they HTTP or not, and counts how often it has seen a request.
 */
final class RawNode {

	/**
	 * A request is answered when its head, and as many bytes of the body as X-After says,
	 * have arrived. X-Answer has the pieces of the answer in Base64, each written in a
	 * turn of its own, with as many letters for an at sign as X-Padding says; the last
	 * one when there is a file named by X-Wait. X-Then says what is done then. With
	 * X-Fresh the first request on a connection is answered with "fresh" instead.
	 */
	static final String SCRIPT = """
			const { existsSync, writeFileSync } = require('fs');
			const seen = new Map();
			let connections = 0;

			class Connection {
			  id = ++connections;
			  served = 0;
			  input = '';

			  constructor(socket) {
			    this.socket = socket;
			    socket.setEncoding('latin1').on('error', () => {}).on('end', () => socket.end());
			    socket.on('data', (piece) => {
			      this.input += piece;
			      while (this.serveNext());
			    });
			  }

			  serveNext() {
			    const end = this.input.indexOf('\\r\\n\\r\\n') + 4;
			    const head = this.input.slice(0, end);
			    const field = (name) => head.match(new RegExp(`^${name}: *(.*)$`, 'mi'))?.[1];
			    if (end < 4 || this.input.length < end + Number(field('X-After') ?? 0)) {
			      return false;
			    }
			    this.input = this.input.slice(end + Number(field('Content-Length') ?? 0));
			    const target = head.split(' ')[1];
			    seen.set(target, [...(seen.get(target) ?? []), this.id]);
			    const first = this.served++ === 0;
			    if (target.split('/')[2] === 'seen') {
			      this.answer((seen.get(target.slice(target.indexOf('/seen') + 5)) ?? []).join(' '));
			    } else if (first && field('X-Fresh') !== undefined) {
			      this.answer('fresh');
			    } else {
			      const pieces = (field('X-Answer') ?? '').split(',').filter((text) => text !== '');
			      const padding = 'p'.repeat(Number(field('X-Padding') ?? 0));
			      this.wait = field('X-Wait');
			      this.write(pieces.map((text) => Buffer.from(text, 'base64').toString('latin1').replace('@', padding)),
			        field('X-Then'));
			    }
			    return true;
			  }

			  answer(text) {
			    this.socket.write(`HTTP/1.1 200 OK\\r\\nContent-Length: ${text.length}\\r\\n\\r\\n${text}`);
			  }

			  write(pieces, action) {
			    if (this.wait !== undefined && pieces.length === 1 && !existsSync(this.wait)) {
			      setTimeout(() => this.write(pieces, action), 2);
			    } else if (pieces.length > 0) {
			      this.socket.write(pieces.shift(), 'latin1', () => setImmediate(() => this.write(pieces, action)));
			    } else if (action === 'close') {
			      this.socket.destroy();
			    } else if (action === 'exit') {
			      process.exit(1);
			    } else if (action === 'end') {
			      this.socket.end();
			    } else if (action !== undefined) {
			      // The name of a file that tells when the other side has closed.
			      this.socket.on('close', () => writeFileSync(action, ''));
			      setTimeout(() => this.answer('not yours'), 10);
			    }
			  }
			}

			require('net').createServer({ allowHalfOpen: true }, (socket) => new Connection(socket))
			  .listen(process.env.PORT);
			""";

	private RawNode() {
	}

	/**
	 * Header fields that order an answer.
	 */
	static String answering(String... pieces) {
		return "X-Answer: " + Arrays.stream(pieces)
			.map((piece) -> Base64.getEncoder().encodeToString(piece.getBytes(StandardCharsets.ISO_8859_1)))
			.collect(Collectors.joining(",")) + "\r\n";
	}

	/**
	 * The connections over which node has seen a target, in their order.
	 */
	static List<String> seen(NodeHost host, String target) {
		return Stream.of(host.get("/raw/seen" + target).body().split(" ")).filter((id) -> !id.isEmpty()).toList();
	}

}
