package io.iisnode.autoconfigure;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.SmartLifecycle;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationState;
import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;

class NodeApplicationLifecycleTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IisNodeAutoConfiguration.class, WebFluxAutoConfiguration.class,
				HttpHandlerAutoConfiguration.class))
		.withPropertyValues("iisnode.applications.shop.script=server.js");

	@Test
	void startsBeforeTheWebServerAndStopsAfterIt() {
		this.runner.run((context) -> {
			SmartLifecycle lifecycle = context.getBean(NodeApplicationLifecycle.class);
			assertThat(lifecycle.getPhase()).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
				.isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
			assertThat(lifecycle.isAutoStartup()).isTrue();
			assertThat(lifecycle.isRunning()).isTrue();
		});
	}

	@Test
	void applicationsSurviveAPause() {
		this.runner.run((context) -> {
			context.getSourceApplicationContext().pause();
			assertThat(context.getBean("shop", NodeApplication.class).state()).isEqualTo(NodeApplicationState.ACTIVE);
		});
	}

	@Test
	void applicationsEndOnce() {
		this.runner.run((context) -> {
			NodeApplicationLifecycle lifecycle = context.getBean(NodeApplicationLifecycle.class);
			CountDownLatch stopped = new CountDownLatch(1);
			lifecycle.stop(stopped::countDown);
			assertThat(stopped.await(5, TimeUnit.SECONDS)).isTrue();
			assertThat(lifecycle.isRunning()).isFalse();
			assertThat(context.getBean("shop", NodeApplication.class).state()).isEqualTo(NodeApplicationState.DISPOSED);
			lifecycle.destroy();
		});
	}

	@Test
	void processesEndWithTheContext(@TempDir Path root) {
		long pid;
		try (NodeHost host = NodeHost.in(root)
			.script("server.js", "require('http').createServer((req, res) => res.end()).listen(process.env.PORT)")
			.start()) {
			assertThat(host.get("/server.js").status()).isEqualTo(200);
			pid = host.snapshot("server.js").processes().get(0).pid();
			assertThat(ProcessHandle.of(pid)).isPresent();
		}
		assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
	}

}
