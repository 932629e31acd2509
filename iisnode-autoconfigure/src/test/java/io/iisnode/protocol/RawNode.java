package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

import io.iisnode.testing.NodeHost;

/**
 * A node application that answers with exactly the bytes that a request tells it to, be
 * they HTTP or not, and counts how often it has seen a request.
 */
final class RawNode {

	/**
	 * A request names the pieces of the answer in Base64, each written in a turn of its
	 * own, and what is done after the last one. It is answered once its head, and as many
	 * bytes of the body as it says, have arrived.
	 */
	static final String SCRIPT = """
			const seen = new Map();
			let connections = 0;
			require('net').createServer({ allowHalfOpen: true }, (socket) => {
			  const id = ++connections;
			  let served = 0;
			  let input = '';
			  socket.setEncoding('latin1').on('error', () => {}).on('end', () => socket.end());
			  socket.on('data', (piece) => {
			    input += piece;
			    for (let end = input.indexOf('\\r\\n\\r\\n'); end >= 0; end = input.indexOf('\\r\\n\\r\\n')) {
			      const head = input.slice(0, end);
			      const field = (name) => head.match(new RegExp(`^${name}: *(.*)$`, 'mi'))?.[1];
			      const after = Number(field('X-After') ?? 0);
			      if (input.length < end + 4 + after) {
			        return;
			      }
			      input = input.slice(end + 4 + Number(field('Content-Length') ?? 0));
			      const target = head.split(' ')[1];
			      seen.set(target, [...(seen.get(target) ?? []), id]);
			      if (target.startsWith('/seen')) {
			        answer(JSON.stringify(seen.get(target.slice(5)) ?? []));
			        continue;
			      }
			      const first = served++ === 0;
			      if (first && field('X-Fresh') !== undefined) {
			        answer('fresh');
			        continue;
			      }
			      const pieces = (field('X-Answer') ?? '').split(',').filter((text) => text !== '');
			      const next = () => {
			        const piece = pieces.shift();
			        if (piece !== undefined) {
			          socket.write(Buffer.from(piece, 'base64'), () => setImmediate(next));
			          return;
			        }
			        switch (field('X-Then')) {
			          case 'close': socket.destroy(); break;
			          case 'end': socket.end(); break;
			        }
			      };
			      next();
			    }
			    function answer(text) {
			      served++;
			      socket.write(`HTTP/1.1 200 OK\\r\\nContent-Length: ${text.length}\\r\\n\\r\\n${text}`);
			    }
			  });
			}).listen(process.env.PORT);
			""";

	private RawNode() {
	}

	/**
	 * Header fields that order an answer.
	 */
	static String answering(String... pieces) {
		return "X-Answer: "
				+ Arrays.stream(pieces)
					.map((piece) -> Base64.getEncoder().encodeToString(piece.getBytes(StandardCharsets.ISO_8859_1)))
					.collect(Collectors.joining(","))
				+ "\r\n";
	}

	/**
	 * The connections over which node has seen a target, in their order.
	 */
	static String seen(NodeHost host, String target) {
		return host.get("/seen" + target).body();
	}

}
