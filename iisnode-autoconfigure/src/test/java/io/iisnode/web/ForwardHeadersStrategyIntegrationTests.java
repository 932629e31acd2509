package io.iisnode.web;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application is told what the host knows, wherever the host knows it from.
 */
class ForwardHeadersStrategyIntegrationTests {

	private static final String SCRIPT = """
			require('http').createServer((req, res) => res.end(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host',
			  'x-forwarded-port', 'forwarded', 'x-iisnode-https'].map((name) => req.headers[name] ?? '-').join(' ')))
			  .listen(process.env.PORT);
			""";

	@ParameterizedTest
	@CsvSource({ "none, 127.0.0.1 http a 80 - off", "native, 1.2.3.4 https shop:444 444 - on",
			"framework, 1.2.3.4 https shop:444 444 - on" })
	void strategyOfTheHostCounts(String strategy, String expected, @TempDir Path root) {
		try (NodeHost host = NodeHost.in(root)
			.script("echo.js", SCRIPT)
			.application("echo", "echo.js", "/**")
			.with("iisnode.promote-server-vars", "HTTPS")
			.with("server.forward-headers-strategy", strategy)
			.start(); RawClient client = host.connect()) {
			client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"
					+ "X-Forwarded-Host: shop\r\nX-Forwarded-Port: 444\r\n\r\n");
			assertThat(client.response().body()).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@CsvSource({ "::1, for=\"[::1]\"", "'', for=127.0.0.1" })
	void addressesOfBothKindsAreWritten(String told, String expected, @TempDir Path root) {
		try (NodeHost host = NodeHost.in(root)
			.script("echo.js", SCRIPT)
			.application("echo", "echo.js", "/**")
			.with("iisnode.forwarded-headers", "forwarded")
			.with("server.forward-headers-strategy", "framework")
			.start(); RawClient client = host.connect()) {
			client.send("GET / HTTP/1.1\r\nHost: a\r\n"
					+ (told.isEmpty() ? "" : "Forwarded: for=\"[" + told + "]\"\r\n") + "\r\n");
			assertThat(client.response().body()).contains(expected);
		}
	}

}
