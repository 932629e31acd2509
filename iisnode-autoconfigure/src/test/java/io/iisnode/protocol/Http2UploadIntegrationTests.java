package io.iisnode.protocol;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.Http2Client;
import io.iisnode.testing.Http2Response;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads over HTTP/2 that are not taken on the thread on which they arrive.
 */
class Http2UploadIntegrationTests {

	private static final int LENGTH = 1024 * 1024;

	private static final int UPLOADS = 20;

	private static final String COUNTER = """
			require('http').createServer((req, res) => {
			  let length = 0;
			  req.on('data', (piece) => { length += piece.length; }).on('end', () => res.end(`got ${length}`));
			}).listen(process.env.PORT);
			""";

	@TempDir
	private Path root;

	@Test
	void bodyThatIsTakenByAnotherThreadDoesNotGetStuck() {
		try (NodeHost host = NodeHost.in(this.root)
			.with("server.http2.enabled", true)
			.with("iisnode.async-completion-thread-count", 2)
			.script("counter.js", COUNTER)
			.application("counter", "counter.js", "/**")
			.start()) {
			for (int i = 0; i < UPLOADS; i++) {
				Http2Client client = Http2Client.connect(host.port());
				Http2Response response = client
					.open(false, List.of(":method: POST", ":scheme: http", ":authority: a", ":path: /",
							"content-length: " + LENGTH))
					.send(new byte[LENGTH], true)
					.response();
				assertThat(response.body()).isEqualTo("got " + LENGTH);
				client.close();
			}
		}
	}

}
