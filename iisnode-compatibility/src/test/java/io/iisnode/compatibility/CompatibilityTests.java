package io.iisnode.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every framework on every version of Node.js through the same checks, each compared with
 * what node alone answers.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(Results.class)
class CompatibilityTests {

	static final Pattern ASSET = Pattern.compile("(?:href|src)=\"([^\"]+\\.(?:css|m?js))\"");

	private static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@Parameter
	private Combination combination;

	private Framework framework;

	private HostedApplication hosted;

	private DirectApplication direct;

	private Site site;

	private Site directSite;

	/**
	 * Some of them with <code>-Dtest.jvm.options=-Dcompatibility.only=WS,KOA</code>.
	 */
	static Stream<Combination> combinations() {
		String only = System.getProperty("compatibility.only", "");
		return Combination.supported()
			.filter((combination) -> only.isEmpty()
					|| List.of(only.split(",")).contains(combination.framework().name()));
	}

	Combination combination() {
		return this.combination;
	}

	@BeforeParameterizedClassInvocation
	void start(Combination invoked) throws IOException {
		this.combination = invoked;
		this.framework = invoked.framework();
		this.direct = DirectApplication.start(this.framework, this.combination.node());
		this.directSite = this.framework.site(this.direct.url());
		this.hosted = HostedApplication.start(this.framework, this.combination.node());
		this.site = this.framework.site(this.hosted.url());
	}

	@AfterParameterizedClassInvocation
	void stop() {
		if (this.direct != null) {
			this.direct.close();
		}
		if (this.hosted != null) {
			List<Long> pids = new ArrayList<>();
			this.hosted.application().snapshot().processes().forEach((process) -> pids.add(process.pid()));
			this.hosted.close();
			assertThat(pids).noneMatch((pid) -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
		}
	}

	@Test
	@Check("page")
	void page() throws Exception {
		HttpResponse<String> response = send(this.site.page("/"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/html"));
		assertThat(response.body()).contains("Hello from " + this.framework.title());
		// The time of rendering is in the body, and so in its hash.
		assertThat(Head.of(response).names()).isEqualTo(Head.of(send(this.directSite.page("/"))).names());
	}

	@Test
	@Check("asset")
	void asset() throws Exception {
		String page = send(this.site.page("/")).body();
		Matcher link = ASSET.matcher(page);
		assertThat(link.find()).as("link to an asset in " + page).isTrue();
		String path = URI.create("/").resolve(link.group(1)).getPath();
		HttpResponse<String> response = assertSame(this.site.request(path).build(),
				this.directSite.request(path).build());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isNotEmpty();
		String tag = response.headers().firstValue("ETag").orElse(null);
		if (tag != null) {
			HttpRequest conditional = this.site.request(path).header("If-None-Match", tag).build();
			assertThat(send(conditional).statusCode()).isEqualTo(304);
		}
	}

	@Test
	@Check("POST")
	void bodyComesBack() throws Exception {
		String text = "Grüße, 世界";
		HttpResponse<String> response = assertSame(this.site.echo(text), this.directSite.echo(text));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains(text);
	}

	@Test
	@Check("upload")
	void uploadArrivesWhole() throws Exception {
		byte[] content = new byte[1024 * 1024];
		new Random(42).nextBytes(content);
		String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
		HttpResponse<String> response = assertSame(this.site.upload(content), this.directSite.upload(content));
		assertThat(response.statusCode()).isBetween(200, 201);
		assertThat(response.body()).contains("1048576", hash);
	}

	@Test
	@Check("stream")
	void chunksArriveOneByOne() throws Exception {
		HttpResponse<InputStream> response = client.send(this.site.stream(), BodyHandlers.ofInputStream());
		assertThat(response.statusCode()).isEqualTo(200);
		StringBuilder text = new StringBuilder();
		List<String> states = new ArrayList<>();
		try (InputStream body = response.body()) {
			byte[] buffer = new byte[8192];
			for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
				text.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
				states.add(text.toString());
			}
		}
		assertThat(text).containsSubsequence("chunk 1", "chunk 2", "chunk 3");
		assertThat(states).as("what had been read when each piece came")
			.anyMatch((state) -> state.contains("chunk 1") && !state.contains("chunk 2"))
			.anyMatch((state) -> state.contains("chunk 2") && !state.contains("chunk 3"));
	}

	@Test
	@Check("WebSocket")
	void webSocket() throws Exception {
		WebSocketCheck.of(this.framework).run(this.site, this.directSite);
	}

	@Test
	@Check("errors")
	void errorPagesAreTheApplicationsOwn() throws Exception {
		HttpResponse<String> missing = assertSame(this.site.page(this.framework.missingPath()),
				this.directSite.page(this.framework.missingPath()));
		assertThat(missing.statusCode()).isEqualTo(404);
		HttpResponse<String> failed = assertSame(this.site.fail(), this.directSite.fail());
		if (this.framework == Framework.YOGA) {
			assertThat(failed.body()).contains("\"errors\"");
		}
		else {
			assertThat(failed.statusCode()).isEqualTo(500);
		}
	}

	@Test
	@Check("recycle")
	void recycleUnderLoadLosesNothing() throws Exception {
		try (Load load = new Load(client, this.site.page("/"), "Hello from " + this.framework.title())) {
			load.awaitMore(20);
			Recycle.of(this.hosted.application());
			load.awaitMore(20);
			assertThat(load.failures()).isEmpty();
		}
	}

	/**
	 * That the hosted application and node alone give the same answer.
	 */
	private static HttpResponse<String> assertSame(HttpRequest hosted, HttpRequest direct) throws Exception {
		HttpResponse<String> actual = send(hosted);
		HttpResponse<String> expected = send(direct);
		assertThat(actual.statusCode()).isEqualTo(expected.statusCode());
		assertThat(actual.body()).isEqualTo(expected.body());
		assertThat(Head.of(actual)).isEqualTo(Head.of(expected));
		return actual;
	}

	private static HttpResponse<String> send(HttpRequest request) throws Exception {
		return client.send(request, BodyHandlers.ofString());
	}

}
