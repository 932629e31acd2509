package io.iisnode.protocol;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iisnode.testing.NodeHost;

/**
 * Exchanges between clients and real node processes, with each kind of event loops and
 * sockets. The tests stand in the classes that are nested here, so that they share a
 * host.
 */
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@EnumSource(IoMode.class)
class ExchangeIntegrationTests {

	@TempDir
	private static Path root;

	private static NodeHost host;

	private static boolean usualMode;

	@Parameter
	private IoMode mode;

	@BeforeParameterizedClassInvocation
	static void start(IoMode mode) {
		usualMode = mode == IoMode.SERVER_LOOPS;
		host = mode.apply(NodeHost.in(root))
			.script("mirror.js", AbstractRequestForwardingTests.SCRIPT)
			.script("streams.js", AbstractStreamingTests.SCRIPT)
			.script("clients.js", AbstractClientDisconnectTests.SCRIPT)
			.script("raw.js", RawNode.SCRIPT)
			.script("fresh.js", RawNode.SCRIPT)
			.script("timed.js", AbstractExchangeFailureTests.TIMED_SCRIPT)
			.script("pressure.js", AbstractBackPressureTests.SCRIPT)
			.script("hasty.js", AbstractConnectionReuseTests.HASTY_SCRIPT)
			.script("closing.js", AbstractConnectionReuseTests.CLOSING_SCRIPT)
			.application("mirror", "mirror.js", "/**")
			.application("streams", "streams.js", "/streams/**")
			.application("clients", "clients.js", "/clients/**")
			.application("raw", "raw.js", "/raw/**")
			.application("fresh", "fresh.js", "/fresh/**")
			.with("iisnode.applications.fresh.max-named-pipe-connection-pool-size", 0)
			.application("pressure", "pressure.js", "/pressure/**")
			.application("timed", "timed.js", "/timed/**")
			.with("iisnode.applications.timed.request-timeout", "300ms")
			.application("hasty", "hasty.js", "/hasty/**")
			.application("closing", "closing.js", "/closing/**")
			.with("iisnode.forwarded-headers", "none")
			.with("server.max-http-request-header-size", "100KB")
			.with("server.netty.max-initial-line-length", "100KB")
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		host.close();
	}

	@AfterAll
	static void noBufferIsLeaked(CapturedOutput output) {
		Leaks.assertNone(output);
	}

	static NodeHost host() {
		return host;
	}

	/**
	 * Whether this is what most hosts do, and not a rare setting.
	 */
	static boolean isUsualMode() {
		return usualMode;
	}

	@Nested
	class RequestForwarding extends AbstractRequestForwardingTests {

	}

	@Nested
	class ResponseForwarding extends AbstractResponseForwardingTests {

	}

	@Nested
	class Streaming extends AbstractStreamingTests {

	}

	@Nested
	class ClientDisconnect extends AbstractClientDisconnectTests {

	}

	@Nested
	class ExchangeFailure extends AbstractExchangeFailureTests {

	}

	@Nested
	class BackPressure extends AbstractBackPressureTests {

	}

	@Nested
	class ConcurrentExchanges extends AbstractConcurrentExchangesTests {

	}

	@Nested
	class ConnectionReuse extends AbstractConnectionReuseTests {

	}

}
