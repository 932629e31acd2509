package io.iisnode.web;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentMatchers;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import reactor.core.publisher.Mono;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.ApplicationSettings;
import io.iisnode.application.ClientSettings;
import io.iisnode.application.FileSettings;
import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.process.ProcessSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which requests are taken, and which of them cost a look at files.
 */
class NodeRouterFunctionTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	@TempDir
	private Path root;

	private final NodeApplicationManager manager = Mockito.mock(NodeApplicationManager.class);

	private NodeApplication found;

	private NodeApplication routed;

	@BeforeEach
	void createApplications() throws Exception {
		Files.writeString(this.root.resolve("hello.js"), "");
		Files.createDirectory(this.root.resolve(".git"));
		Files.writeString(this.root.resolve(".git/config"), "");
		this.found = application("hello.js");
		this.routed = application("routed.js", "/shop/**");
		BDDMockito.given(this.manager.activate(ArgumentMatchers.any())).willReturn(this.found);
		BDDMockito.given(this.manager.declared()).willReturn(List.of(this.routed));
	}

	private NodeApplication application(String script, String... paths) {
		NodeApplication application = Mockito.mock(NodeApplication.class);
		ApplicationSettings settings = Mockito.mock(ApplicationSettings.class);
		BDDMockito.given(settings.client()).willReturn(ClientSettings.DEFAULTS);
		BDDMockito.given(settings.files()).willReturn(FileSettings.NONE);
		BDDMockito.given(settings.process()).willReturn(Mockito.mock(ProcessSettings.class));
		BDDMockito.given(application.name()).willReturn(script);
		ApplicationDefinition definition = new ApplicationDefinition(script, this.root.resolve(script), List.of(paths),
				settings);
		BDDMockito.given(application.definition()).willReturn(definition);
		return application;
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/assets/main.css", "/api/orders/1" })
	void othersGetWhatIsNotOursWithoutALookAtFiles(String path) {
		assertThat(router().route(request(path))).isSameAs(Mono.empty());
	}

	@Test
	void scriptIsLookedForOnce() {
		NodeRouterFunction router = router();
		HandlerFunction<ServerResponse> function = router.route(request("/hello.js")).block(LIMIT);
		assertThat(function).isInstanceOf(NodeHandlerFunction.class);
		assertThat(router.route(request("/hello.js"))).isSameAs(router.route(request("/hello.js/info")));
		assertThat(router.route(request("/hello.js/info")).block(LIMIT)).isSameAs(function);
		BDDMockito.then(this.manager).should().activate(ArgumentMatchers.any());
	}

	@Test
	void allPathsToAnApplicationHaveOneFunction() {
		NodeRouterFunction router = router();
		assertThat(router.route(request("/hello.js")).block(LIMIT))
			.isSameAs(router.route(request("//hello.js")).block(LIMIT));
	}

	@Test
	void scriptOfARouteIsLookedForUntilItIsThere() throws Exception {
		NodeRouterFunction router = router();
		assertThat(respond(router, "/shop/x")).isInstanceOf(FailedServerResponse.class);
		Files.writeString(this.root.resolve("routed.js"), "");
		assertThat(respond(router, "/shop/x")).isInstanceOf(NodeServerResponse.class);
		assertThat(router.route(request("/shop/x"))).isSameAs(router.route(request("/shop/y")));
	}

	@Test
	void spellingsOfAPathDoNotPileUp() {
		NodeRouterFunction router = router();
		for (int i = 1; i < 1500; i++) {
			assertThat(router.route(request("/".repeat(i) + "hello.js")).block(LIMIT)).isNotNull();
		}
		assertThat((Map<?, ?>) ReflectionTestUtils.getField(router, "knownPaths")).hasSizeBetween(1, 1024);
		assertThat((Map<?, ?>) ReflectionTestUtils.getField(router, "functions")).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/.git/config", "/./hello.js", "/%2egit%2fconfig" })
	void whatNobodyMaySeeIsNotFound(String path) {
		assertThatExceptionOfType(NoResourceFoundException.class)
			.isThrownBy(() -> router().route(request(path)).block(LIMIT));
	}

	@Test
	void refusedActivationIsAResponse() {
		BDDMockito.given(this.manager.activate(ArgumentMatchers.any())).willThrow(new IllegalStateException());
		assertThat(respond(router(), "/hello.js")).isInstanceOf(FailedServerResponse.class);
	}

	private NodeRouterFunction router() {
		return new NodeRouterFunction(this.manager,
				new ScriptPathResolver(this.root, List.of("/**/*.js"), List.of("node_modules", ".*")));
	}

	private static @Nullable ServerResponse respond(NodeRouterFunction router, String path) {
		ServerRequest request = request(path);
		return router.route(request).flatMap((function) -> function.handle(request)).block(LIMIT);
	}

	private static ServerRequest request(String path) {
		MockServerHttpRequest request = MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://test" + path))
			.build();
		MockServerHttpRequest served = Mockito.spy(request);
		BDDMockito.willReturn("another server").given(served).getNativeRequest();
		return ServerRequest.create(MockServerWebExchange.from(served), List.of());
	}

}
