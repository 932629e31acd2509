package io.iisnode.process;

import java.nio.file.Path;
import java.time.Duration;

import io.iisnode.testing.NodeHost;

/**
 * A host in a JVM of its own. Tells the processes that it has when one of them is in an
 * endless loop, and waits for its death.
 */
public final class MortalHost {

	static final String PIDS = "pids: ";

	private static final Duration LIFETIME = Duration.ofSeconds(60);

	private MortalHost() {
	}

	public static void main(String[] arguments) throws InterruptedException {
		String script = HostEndIntegrationTests.STUBBORN;
		NodeHost host = NodeHost.in(Path.of(arguments[0]))
			.with("iisnode.pipe-directory", arguments[1])
			.script("quiet/app.js", script)
			.script("busy/app.js", script)
			.application("quiet", "quiet/app.js", "/quiet")
			.application("busy", "busy/app.js", "/busy/**")
			.start();
		System.out.println(PIDS + host.get("/quiet").body() + " " + host.get("/busy/endless").body());
		Thread.currentThread().join(LIFETIME.toMillis());
		host.close();
	}

}
