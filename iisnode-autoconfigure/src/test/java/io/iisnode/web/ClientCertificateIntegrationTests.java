package io.iisnode.web;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application learns about the certificates of its clients.
 */
class ClientCertificateIntegrationTests {

	private static final String SCRIPT = """
			require('http').createServer((req, res) => {
			  res.end(Object.entries(req.headers).map(([name, value]) => `${name}: ${value}`).join('\\n'));
			}).listen(process.env.PORT);
			""";

	private static final char[] PASSWORD = "secret".toCharArray();

	@TempDir
	private static Path root;

	private static KeyStore keys;

	private static NodeHost host;

	@BeforeAll
	static void start() throws Exception {
		Path file = root.resolve("keys.p12");
		keytool(file, "web", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1");
		keytool(file, "authority", "CN=Authority, O=Example", "-ext", "bc:c");
		keytool(file, "client", "CN=Jo Doe, O=Example", "-signer", "authority");
		keys = KeyStore.getInstance("PKCS12");
		try (InputStream content = Files.newInputStream(file)) {
			keys.load(content, PASSWORD);
		}
		host = NodeHost.in(root)
			.script("echo.js", SCRIPT)
			.application("promoting", "echo.js", "/**")
			.with("iisnode.promote-server-vars", "CERT_SUBJECT,CERT_ISSUER,CERT_SERIALNUMBER")
			.with("server.http2.enabled", true)
			.with("server.ssl.bundle", "web")
			.with("server.ssl.client-auth", "want")
			.with("spring.ssl.bundle.jks.web.key.alias", "web")
			.with("spring.ssl.bundle.jks.web.keystore.location", file.toUri())
			.with("spring.ssl.bundle.jks.web.keystore.password", "secret")
			.with("spring.ssl.bundle.jks.web.truststore.location", file.toUri())
			.with("spring.ssl.bundle.jks.web.truststore.password", "secret")
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	private static void keytool(Path file, String alias, String name, String... more) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
						alias, "-keyalg", "EC", "-dname", name, "-validity", "2", "-storetype", "PKCS12", "-storepass",
						"secret", "-keystore", file.toString()));
		command.addAll(List.of(more));
		Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
		String said = new String(keytool.getInputStream().readAllBytes());
		assertThat(keytool.waitFor()).as(said).isZero();
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void applicationIsToldTheCertificateOfItsClient(Version version) throws Exception {
		X509Certificate certificate = (X509Certificate) keys.getCertificate("client");
		assertThat(certificateFields(version, true)).containsExactlyInAnyOrder(
				"x-iisnode-cert_subject: CN=Jo Doe,O=Example", "x-iisnode-cert_issuer: CN=Authority,O=Example",
				"x-iisnode-cert_serialnumber: " + certificate.getSerialNumber().toString(16));
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void clientWithoutACertificateIsTakenForNobody(Version version) throws Exception {
		assertThat(certificateFields(version, false)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Version.class)
	void certificateCannotBeForged(Version version) throws Exception {
		String[] forged = { "X-iisnode-CERT_SUBJECT", "CN=Admin", "x-iisnode-cert-subject", "CN=Admin",
				"X_iisnode_CERT_ISSUER", "CN=Admin", "x-iisnode-cert_serialnumber", "1" };
		assertThat(certificateFields(version, false, forged)).isEmpty();
		assertThat(certificateFields(version, true, forged)).hasSize(3)
			.contains("x-iisnode-cert_subject: CN=Jo Doe,O=Example")
			.noneMatch((line) -> line.contains("Admin"));
	}

	/**
	 * What node has got of such fields.
	 */
	private static List<String> certificateFields(Version version, boolean withCertificate, String... sent)
			throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("https://127.0.0.1:" + host.port() + "/whoever"));
		HttpResponse<String> response = HttpClient.newBuilder()
			.version(version)
			.sslContext(tls(withCertificate))
			.build()
			.send((sent.length > 0) ? request.headers(sent).build() : request.build(), BodyHandlers.ofString());
		assertThat(response.version()).isEqualTo(version);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("x-forwarded-proto: https");
		return response.body().lines().filter((line) -> line.toLowerCase().contains("cert")).toList();
	}

	private static SSLContext tls(boolean withCertificate) throws Exception {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("web", keys.getCertificate("web"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(withCertificate ? own() : null, trust.getTrustManagers(), null);
		return context;
	}

	private static KeyManager[] own() throws Exception {
		KeyStore own = KeyStore.getInstance("PKCS12");
		own.load(null, null);
		own.setKeyEntry("client", keys.getKey("client", PASSWORD), PASSWORD, keys.getCertificateChain("client"));
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(own, PASSWORD);
		return factory.getKeyManagers();
	}

}
