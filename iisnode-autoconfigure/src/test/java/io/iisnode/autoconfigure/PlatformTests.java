package io.iisnode.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;

import io.iisnode.testing.NodeHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What Windows has of its own.
 */
class PlatformTests {

	@Test
	void withoutJnaTheAnalysisTellsWhatToAdd() {
		Platform.requireJna(null);
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		assertThatExceptionOfType(Platform.MissingJnaException.class)
			.isThrownBy(() -> Platform.requireJna(new FilteredClassLoader("com.sun.jna")))
			.satisfies((ex) -> analysis[0] = new MissingJnaFailureAnalyzer()
				.analyze(new IllegalStateException("wrapped", ex)));
		assertThat(analysis[0].getDescription()).contains("named pipes", "not on the class path");
		assertThat(analysis[0].getAction()).contains("net.java.dev.jna:jna-platform", "iisnode-spring-boot-starter");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Named pipes need JNA")
	void otherSystemsLoadNoClassOfJna(@TempDir Path folder) throws Exception {
		Path log = folder.resolve("classes.log");
		Process host = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Xlog:class+load:file=" + log, "-cp", System.getProperty("java.class.path"),
				Host.class.getName(), folder.toString()))
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve("output.log").toFile())
			.start();
		assertThat(host.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(host.exitValue()).as(() -> read(folder.resolve("output.log"))).isZero();
		assertThat(Files.readString(log)).contains(" io.iisnode.transport.unix.UnixPipeTransport ")
			.doesNotContain(" com.sun.jna.", " io.iisnode.transport.windows.", " io.iisnode.process.windows.",
					" io.iisnode.watch.windows.");
	}

	@Test
	@EnabledOnOs(OS.WINDOWS)
	void aHostOnWindowsThatLacksJnaSaysWhatToAdd(@TempDir Path folder) throws Exception {
		String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !Path.of(entry).getFileName().toString().startsWith("jna"))
			.collect(Collectors.joining(File.pathSeparator));
		Path output = folder.resolve("output.log");
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", Host.class.getName(), folder.toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().put("CLASSPATH", classPath);
		Process host = builder.start();
		assertThat(host.waitFor(120, TimeUnit.SECONDS)).isTrue();
		assertThat(host.exitValue()).isNotZero();
		assertThat(read(output)).contains("APPLICATION FAILED TO START", "net.java.dev.jna:jna-platform");
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/**
	 * A host application that serves one request.
	 */
	public static class Host {

		public static void main(String[] args) {
			try (NodeHost host = NodeHost.in(Path.of(args[0]))
				.script("a.js", "require('http').createServer((req, res) => res.end('ok')).listen(process.env.PORT)")
				.start()) {
				if (!"ok".equals(host.get("/a.js").body())) {
					throw new IllegalStateException("Not served");
				}
			}
		}

	}

}
