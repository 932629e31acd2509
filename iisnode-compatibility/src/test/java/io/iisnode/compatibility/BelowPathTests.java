package io.iisnode.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that are mounted below a path, by the means of each framework: node sees
 * the path as the client sent it.
 */
class BelowPathTests {

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@ParameterizedTest
	@MethodSource("applications")
	void pageAndItsAssetAreFoundBelowThePath(Framework framework, Map<String, String> settings) throws Exception {
		Map<String, String> all = new HashMap<>(settings);
		all.put("path", "/shop/**");
		try (HostedApplication hosted = HostedApplication.start(framework, Facts.get().nodes().get(0), all)) {
			URI page = URI.create(hosted.url() + "/shop/");
			HttpResponse<String> response = get(page);
			if (response.statusCode() / 100 == 3) {
				// To the address without the slash at the end, as some frameworks like
				// it.
				page = page.resolve(response.headers().firstValue("Location").orElseThrow());
				response = get(page);
			}
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).contains("Hello from " + framework.title());
			Matcher link = CompatibilityTests.ASSET.matcher(response.body());
			assertThat(link.find()).as("link to an asset in " + response.body()).isTrue();
			URI asset = page.resolve(link.group(1));
			assertThat(asset.getPath()).startsWith("/shop/");
			assertThat(get(asset).statusCode()).isEqualTo(200);
			assertThat(get(URI.create(hosted.url() + "/")).statusCode()).isEqualTo(404);
		}
	}

	static Stream<Arguments> applications() {
		return Stream.of(Arguments.of(Framework.EXPRESS, Map.of("script", "express/below.js")),
				Arguments.of(Framework.FASTIFY, Map.of("script", "fastify/below.js")),
				Arguments.of(Framework.KOA, Map.of("script", "koa/below.js")),
				Arguments.of(Framework.HAPI, Map.of("script", "hapi/below.js")),
				Arguments.of(Framework.NEXT, Map.of("script", "next/below/standalone/server.js")),
				Arguments.of(Framework.NUXT, Map.of("environment.NUXT_APP_BASE_URL", "/shop/")),
				Arguments.of(Framework.SVELTEKIT, Map.of("script", "sveltekit/below/build/index.js")),
				Arguments.of(Framework.ASTRO, Map.of("script", "astro/below/dist/server/entry.mjs")),
				Arguments.of(Framework.REACT_ROUTER, Map.of("directory", "react-router/below")));
	}

	private HttpResponse<String> get(URI uri) throws Exception {
		return this.client.send(
				HttpRequest.newBuilder(uri).header("Accept", "text/html").timeout(Duration.ofSeconds(60)).build(),
				BodyHandlers.ofString());
	}

}
