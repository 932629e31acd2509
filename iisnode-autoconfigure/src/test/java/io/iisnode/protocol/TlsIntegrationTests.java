package io.iisnode.protocol;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.testing.Http2Client;
import io.iisnode.testing.Http2Response;
import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TLS at the front, with a bundle of Spring Boot, and the end of an HTTP/2 connection.
 */
class TlsIntegrationTests {

	@TempDir
	private static Path folder;

	private static Path keyStore;

	@TempDir
	private Path root;

	@BeforeAll
	static void makeCertificate() throws Exception {
		keyStore = folder.resolve("keys.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "web", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1",
				"-validity", "2", "-storetype", "PKCS12", "-storepass", "secret", "-keystore", keyStore.toString())
			.redirectErrorStream(true)
			.start();
		keytool.getInputStream().readAllBytes();
		assertThat(keytool.waitFor()).isZero();
	}

	private NodeHost.Builder host() {
		return NodeHost.in(this.root)
			.script("mirror.js", AbstractRequestForwardingTests.SCRIPT)
			.script("streams.js", AbstractStreamingTests.SCRIPT)
			.application("mirror", "mirror.js", "/**")
			.application("streams", "streams.js", "/streams/**")
			.with("iisnode.enable-xff", true);
	}

	private NodeHost.Builder secureHost() {
		return host().with("spring.ssl.bundle.jks.web.keystore.location", keyStore.toUri())
			.with("spring.ssl.bundle.jks.web.keystore.password", "secret")
			.with("spring.ssl.bundle.jks.web.keystore.type", "PKCS12")
			.with("server.ssl.bundle", "web");
	}

	@Test
	void http2OverTlsIsServedAndNodeIsToldTheScheme() {
		try (NodeHost host = secureHost().with("server.http2.enabled", true).start();
				Http2Client client = Http2Client.connectTls(host.port())) {
			for (String target : List.of("/a?b", "/a|b", "/a%2Fb")) {
				Http2Response response = client
					.open(true, List.of(":method: GET", ":scheme: https", ":authority: a.example", ":path: " + target,
							"x-one: 1"))
					.response();
				assertThat(response.body().lines())
					.contains("GET " + target + " HTTP/1.1", "header host: a.example", "header x-one: 1",
							"header X-Forwarded-Proto: https", "header X-Forwarded-For: 127.0.0.1")
					.noneMatch((line) -> line.contains("x-http2"));
			}
		}
	}

	@Test
	void clientOfTheJdkHasManyRequestsAtOnceOnOneConnection() throws Exception {
		try (NodeHost host = secureHost().with("server.http2.enabled", true).start()) {
			HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).sslContext(trustEverything()).build();
			List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				responses.add(client
					.sendAsync(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + host.port() + "/" + i))
						.POST(BodyPublishers.ofString("body of " + i))
						.build(), BodyHandlers.ofString()));
			}
			for (int i = 0; i < 50; i++) {
				HttpResponse<String> response = responses.get(i).get(20, TimeUnit.SECONDS);
				assertThat(response.version()).isEqualTo(Version.HTTP_2);
				assertThat(response.body().lines()).contains("POST /" + i + " HTTP/1.1", "body body of " + i);
			}
		}
	}

	@Test
	void http11OverTlsIsServedBesideHttp2() throws Exception {
		try (NodeHost host = secureHost().with("server.http2.enabled", true).start();
				RawClient client = connectTls(host, "http/1.1")) {
			checkHttp11(client);
		}
	}

	@Test
	void http11OverTlsIsServedAlone() throws Exception {
		try (NodeHost host = secureHost().start(); RawClient client = connectTls(host)) {
			checkHttp11(client);
		}
	}

	private static void checkHttp11(RawClient client) {
		// The first request on a connection, and a later one.
		for (String target : List.of("/a|b", "/a%2Fb", "/a|c")) {
			String body = client
				.send("POST " + target + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")
				.response()
				.body();
			assertThat(body.lines()).contains("POST " + target + " HTTP/1.1", "header X-Forwarded-Proto: https",
					"body hello", "trailer X-Sum: 1");
		}
	}

	@Test
	void hostThatStopsSaysSoAndFinishesWhatItHasBegun() throws Exception {
		NodeHost host = host().with("server.http2.enabled", true).start();
		try (Http2Client client = Http2Client.connect(host.port())) {
			Http2Client.Stream stream = client.open(false,
					List.of(":method: POST", ":scheme: http", ":authority: a", ":path: /streams/echo"));
			assertThat(stream.head().status()).isEqualTo(200);
			CompletableFuture<Void> stopping = CompletableFuture.runAsync(host::close);
			assertThat(client.goAway()).isPositive();
			stream.send("hello", false);
			assertThat(stream.data()).isEqualTo("hello");
			assertThat(stream.send("", true).response().error()).isNegative();
			stopping.get(20, TimeUnit.SECONDS);
			Wire.await().until(() -> !client.isOpen());
		}
	}

	private static SSLContext trustEverything() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { new TrustEverything() }, null);
		return context;
	}

	private static RawClient connectTls(NodeHost host, String... protocols) throws Exception {
		SSLSocket socket = (SSLSocket) trustEverything().getSocketFactory().createSocket("127.0.0.1", host.port());
		if (protocols.length > 0) {
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(protocols);
			socket.setSSLParameters(parameters);
		}
		socket.startHandshake();
		return RawClient.over(socket);
	}

	/**
	 * The certificate is made for the test.
	 */
	private static final class TrustEverything implements X509TrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
