package io.iisnode.web;

import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import io.iisnode.testing.NodeHost;
import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application learns about its clients, and what they can make it believe.
 */
class ClientIdentityIntegrationTests {

	private static final String SCRIPT = """
			require('http').createServer((req, res) => {
			  const lines = [];
			  for (let i = 0; i < req.rawHeaders.length; i += 2) {
			    lines.push(`${req.rawHeaders[i].toLowerCase()}: ${req.rawHeaders[i + 1]}`);
			  }
			  req.resume().on('end', () => {
			    for (let i = 0; i < req.rawTrailers.length; i += 2) {
			      lines.push(`trailer ${req.rawTrailers[i].toLowerCase()}: ${req.rawTrailers[i + 1]}`);
			    }
			    res.end(lines.join('\\n'));
			  });
			}).listen(process.env.PORT);
			""";

	@TempDir
	private static Path root;

	private static NodeHost host;

	@BeforeAll
	static void start() {
		host = NodeHost.in(root)
			.script("echo.js", SCRIPT)
			.sources(Filters.class)
			.application("plain", "echo.js", "/plain/**")
			.application("none", "echo.js", "/none/**")
			.with("iisnode.applications.none.forwarded-headers", "none")
			.application("rfc", "echo.js", "/rfc/**")
			.with("iisnode.applications.rfc.forwarded-headers", "forwarded")
			.application("both", "echo.js", "/both/**")
			.with("iisnode.applications.both.forwarded-headers", "both")
			.application("trusting", "echo.js", "/trusting/**")
			.with("iisnode.applications.trusting.forwarded-headers", "both")
			.with("iisnode.applications.trusting.trusted-proxies", "10.0.0.0/8, 127.0.0.0/8, ::1")
			.application("doubting", "echo.js", "/doubting/**")
			.with("iisnode.applications.doubting.trusted-proxies", "10.0.0.0/8,127.0.0.2")
			.application("xff", "echo.js", "/xff/**")
			.with("iisnode.applications.xff.enable-xff", true)
			.application("promoting", "echo.js", "/promoting/**")
			.with("iisnode.applications.promoting.promote-server-vars",
					"AUTH_USER, LOGON_USER,AUTH_TYPE,auth-authorities,REMOTE_ADDR,HTTPS,SERVER_NAME,SERVER_PORT,"
							+ "REQUEST_METHOD,QUERY_STRING,CERT_SUBJECT,REMOTE_PORT,REMOTE_HOST,LOCAL_ADDR,"
							+ "SERVER_PROTOCOL,SERVER_PORT_SECURE")
			.application("open", "echo.js", "/open/**")
			.with("iisnode.applications.open.dropped-request-headers", "x-mine, x-my-*")
			.start();
	}

	@AfterAll
	static void stop() {
		host.close();
	}

	/**
	 * The fields that node has got, but for those that every request has.
	 */
	private static List<String> fields(String path, String... fields) {
		try (RawClient client = host.connect()) {
			String head = "GET " + path + " HTTP/1.1\r\nHost: shop.example:81\r\n" + String.join("\r\n", fields)
					+ ((fields.length > 0) ? "\r\n\r\n" : "\r\n");
			String seen = client.send(head).response().body();
			return seen.lines().filter((line) -> !line.startsWith("host:") && !line.startsWith("connection:")).toList();
		}
	}

	private static final String[] FORGED = { "X-Forwarded-For: 6.6.6.6", "x-forwarded-proto: https",
			"X-FORWARDED-HOST: evil", "X-Forwarded-Port: 666", "X-Forwarded-Prefix: /evil", "X_Forwarded_For: 6.6.6.6",
			"Forwarded: for=6.6.6.6", "X-Real-IP: 6.6.6.6", "X-Forwarded-User: root", "True-Client-IP: 6.6.6.6" };

	@Test
	void clientsCannotForgeWhoTheyAre() {
		assertThat(fields("/plain/a", FORGED)).containsExactly("x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http",
				"x-forwarded-host: shop.example:81", "x-forwarded-port: 81");
		assertThat(fields("/none/a", FORGED)).isEmpty();
		assertThat(fields("/rfc/a", FORGED))
			.containsExactly("forwarded: for=127.0.0.1;host=\"shop.example:81\";proto=http");
		assertThat(fields("/both/a", FORGED)).hasSize(5);
	}

	@Test
	void whoIsNotTrustedIsNotBelieved() {
		assertThat(fields("/doubting/a", FORGED)).isEqualTo(fields("/plain/a"));
	}

	@Test
	void chainOfATrustedProxyIsContinued() {
		assertThat(fields("/trusting/a", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 10.0.0.1",
				"X-Forwarded-Proto: https", "X-Forwarded-Prefix: /p", "X-Forwarded-Host: shop",
				"Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4"))
			.containsExactlyInAnyOrder("x-forwarded-for: 1.2.3.4, 10.0.0.1, 127.0.0.1", "x-forwarded-proto: https",
					"x-forwarded-prefix: /p", "x-forwarded-host: shop", "x-forwarded-port: 81", "x-real-ip: 1.2.3.4",
					"forwarded: for=1.2.3.4, for=127.0.0.1;host=\"shop.example:81\";proto=http");
		assertThat(fields("/trusting/a")).contains("x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http");
	}

	@Test
	void formOfIisnodeContinuesWhatAnybodySays() {
		assertThat(fields("/xff/a", FORGED)).containsExactlyInAnyOrder("x-forwarded-for: 6.6.6.6, 127.0.0.1",
				"x-forwarded-proto: https");
		assertThat(fields("/xff/a")).containsExactly("x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http");
		assertThat(fields("/xff/a", "X-Forwarded-For: 6.6.6.6, 127.0.0.1"))
			.contains("x-forwarded-for: 6.6.6.6, 127.0.0.1");
	}

	@Test
	void whatTheHostTellsCannotBeNamedAway() {
		assertThat(fields("/promoting/a?who=jo",
				"Connection: X-Forwarded-For, X-iisnode-AUTH_USER, X-iisnode-REMOTE_ADDR, Forwarded, keep-alive"))
			.contains("x-forwarded-for: 127.0.0.1", "x-iisnode-auth_user: jo", "x-iisnode-remote_addr: 127.0.0.1");
	}

	@Test
	void whatATrustedProxyTellsCannotBeNamedAway() {
		assertThat(fields("/trusting/a", "X-Real-IP: 1.2.3.4", "X-Forwarded-Prefix: /p",
				"Connection: X-Real-IP, X-Forwarded-Prefix, keep-alive"))
			.contains("x-real-ip: 1.2.3.4", "x-forwarded-prefix: /p");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain/a", "/promoting/a?who=jo", "/trusting/a", "/plain/a?filter" })
	void trailersTellNoMoreThanHeaderFields(String path) {
		try (RawClient client = host.connect()) {
			String seen = client
				.send("POST " + path + " HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
						+ "X-iisnode-AUTH_USER: root\r\nX_Forwarded_For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
						+ "X-Middleware-Subrequest: 1\r\nHost: evil\r\nConnection: close\r\nX-Sum: 1\r\n\r\n")
				.response()
				.body();
			assertThat(seen.lines().filter((line) -> line.startsWith("trailer "))).containsExactly("trailer x-sum: 1");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-iisnode-AUTH_USER", "x-iisnode-auth_user", "X-iisnode-AUTH-USER", "X_IISNODE_AUTH_USER",
			"x_iisnode-auth-user", "X-iisnode-AUTH_AUTHORITIES", "X-iisnode-CERT_SUBJECT", "X-iisnode-anything" })
	void promotedNamesCannotBeForged(String name) {
		for (String path : new String[] { "/promoting/a", "/plain/a", "/trusting/a" }) {
			assertThat(fields(path, name + ": root", name + ": admin"))
				.noneMatch((line) -> line.endsWith("root") || line.endsWith("admin"));
		}
	}

	@Test
	void variablesArePromoted() {
		assertThat(fields("/promoting/a?b=c&d=%20"))
			.contains("x-iisnode-remote_addr: 127.0.0.1", "x-iisnode-https: off", "x-iisnode-server_name: shop.example",
					"x-iisnode-server_port: 81", "x-iisnode-request_method: GET", "x-iisnode-query_string: b=c&d=%20",
					"x-iisnode-remote_host: 127.0.0.1", "x-iisnode-local_addr: 127.0.0.1",
					"x-iisnode-server_protocol: HTTP/1.1", "x-iisnode-server_port_secure: 0")
			.noneMatch((line) -> line.contains("auth") || line.contains("logon") || line.contains("cert"))
			.anyMatch((line) -> line.matches("x-iisnode-remote_port: \\d+"));
	}

	@ParameterizedTest
	@CsvSource({ "jo, jo", "Jo Doe, Jo Doe", "J%C3%B6, J%C3%B6", "a%25b, a%25b", "a%0D%0AX: b, a%0D%0AX: b",
			"%E4%BD%A0, %E4%BD%A0", "%20a, %20a", "%00, %00" })
	void principalIsPromotedSafely(String who, String expected) {
		assertThat(fields("/promoting/a?who=" + who.replace(" ", "%20"))).contains("x-iisnode-auth_user: " + expected,
				"x-iisnode-logon_user: " + expected, "x-iisnode-auth_authorities: ROLE_A,B",
				"x-iisnode-auth_type: TestingAuthenticationToken");
	}

	@Test
	void nobodyIsNotAUser() {
		assertThat(fields("/promoting/a?who=anonymous"))
			.noneMatch((line) -> line.contains("auth") || line.contains("logon"));
	}

	@Test
	void wordOfAWebFilterCounts() {
		assertThat(fields("/plain/a?filter", "X-Forwarded-User: root", "X-Middleware-Next: 1"))
			.contains("x-forwarded-user: filter", "x-iisnode-own: filter");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x-middleware-subrequest", "X-Middleware-Subrequest", "x_middleware_subrequest",
			"x-middleware-rewrite", "x-middleware-request-x", "x-invoke-path", "x-original-url", "X-Rewrite-URL",
			"x-matched-path", "x-now-route-matches", "x-react-router-spa-mode" })
	void internalFieldsOfFrameworksAreDropped(String name) {
		assertThat(fields("/none/a", name + ": 1")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "x-middleware-prefetch", "x-nextjs-data", "x-http-method-override", "x-requested-with",
			"rsc", "next-action", "traceparent" })
	void whatClientsNeedIsPassed(String name) {
		assertThat(fields("/none/a", name + ": 1")).containsExactly(name.toLowerCase(Locale.ROOT) + ": 1");
	}

	@Test
	void droppedFieldsCanBeChosen() {
		assertThat(fields("/open/a", "X-Mine: 1", "X_MY_A: 1", "X-My-B: 1", "X-Middleware-Next: 1")).hasSize(5)
			.contains("x-middleware-next: 1");
	}

	/**
	 * Logs a client in as its query asks, and sets fields of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Filters {

		@Bean
		WebFilter login() {
			return (exchange, chain) -> {
				String who = exchange.getRequest().getQueryParams().getFirst("who");
				if (who == null) {
					return chain.filter(exchange);
				}
				Principal principal = who.equals("anonymous")
						? new AnonymousAuthenticationToken("key", who, AuthorityUtils.createAuthorityList("ANONYMOUS"))
						: new TestingAuthenticationToken(who, "", "ROLE_A", "B");
				return chain.filter(exchange.mutate().principal(Mono.just(principal)).build());
			};
		}

		@Bean
		WebFilter ownFields() {
			return (exchange, chain) -> exchange.getRequest().getQueryParams().containsKey("filter") ? chain
				.filter(exchange.mutate()
					.request(
							(request) -> request.header("X-Forwarded-User", "filter").header("X-iisnode-Own", "filter"))
					.build()) : chain.filter(exchange);
		}

	}

}
