package io.iisnode.protocol;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Responses of node where Spring Boot compresses
 * (<code>server.compression.enabled</code>).
 */
class CompressionIntegrationTests {

	private static final String SCRIPT = """
			let stream;
			require('http').createServer((request, response) => {
			  if (request.url.startsWith('/events')) {
			    response.setHeader('Content-Type', 'text/event-stream');
			    response.flushHeaders();
			    stream = response;
			  }
			  else if (request.url.startsWith('/emit/')) {
			    stream.write('data: ' + request.url.slice(6) + '\\n\\n');
			    response.end();
			  }
			  else if (request.url === '/large') {
			    response.setHeader('Content-Type', 'text/html');
			    response.end('<p>again</p>'.repeat(20000));
			  }
			  else {
			    response.setHeader('Content-Type', 'text/html');
			    response.setHeader('Content-Encoding', 'br');
			    response.setHeader('ETag', '"a"');
			    response.end('x'.repeat(10000));
			  }
			}).listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.script("streams.js", SCRIPT)
			.application("streams", "streams.js", "/**")
			.with("server.compression.enabled", true)
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void everyEventComesAtOnce() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create(host.url("/events")))
			.header("Accept-Encoding", "gzip")
			.build();
		HttpResponse<InputStream> response = this.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
		// The head is here, and no event yet.
		assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
		BufferedReader events = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
		for (int i = 0; i < 5; i++) {
			assertThat(host.get("/emit/" + i).status()).isEqualTo(200);
			assertThat(events.readLine()).isEqualTo("data: " + i);
			assertThat(events.readLine()).isEmpty();
		}
		response.body().close();
	}

	@Test
	void largeTextIsCompressed() throws IOException {
		try (RawClient raw = host.connect()) {
			RawResponse response = raw.send("GET /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
				.response();
			assertThat(response.header("Content-Encoding")).contains("gzip");
			assertThat(response.bytes().length).isLessThan(10_000);
			try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(response.bytes()))) {
				assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
					.isEqualTo("<p>again</p>".repeat(20_000));
			}
		}
	}

	@Test
	void encodingOfTheApplicationIsKept() {
		try (RawClient raw = host.connect()) {
			RawResponse response = raw.send("GET /encoded HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\n\r\n")
				.response();
			assertThat(response.headers("Content-Encoding")).containsExactly("br");
			assertThat(response.header("ETag")).contains("\"a\"");
			assertThat(response.body()).isEqualTo("x".repeat(10_000));
		}
	}

}
