package io.iisnode.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node process with the agent in it, and the host's side of both pipes, made of nothing
 * but the JDK.
 */
final class AgentNode implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Path folder;

	private final List<String> nodeOptions = new ArrayList<>();

	private final Map<String, String> environment = new LinkedHashMap<>();

	private final List<String> output = new CopyOnWriteArrayList<>();

	private final List<String> errors = new CopyOnWriteArrayList<>();

	private final List<Map<String, String>> messages = new CopyOnWriteArrayList<>();

	private final List<ByteChannel> connections = new CopyOnWriteArrayList<>();

	private ProcessBuilder.Redirect input = ProcessBuilder.Redirect.PIPE;

	private Process process;

	private ByteChannel control;

	AgentNode(Path folder) {
		this.folder = folder;
		agentOptions("");
	}

	static boolean isInstalled() {
		try {
			Process version = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
			version.getInputStream().readAllBytes();
			return version.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	static int majorVersion() throws IOException {
		Process version = new ProcessBuilder("node", "--print", "parseInt(process.versions.node)").start();
		return Integer.parseInt(new String(version.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
	}

	AgentNode nodeOptions(String... options) {
		this.nodeOptions.addAll(Arrays.asList(options));
		return this;
	}

	AgentNode agentOptions(String options) {
		return environment("IISNODE_AGENT", options);
	}

	AgentNode withoutAgent() {
		this.environment.remove("IISNODE_AGENT");
		return this;
	}

	AgentNode environment(String name, String value) {
		this.environment.put(name, value);
		return this;
	}

	AgentNode input(ProcessBuilder.Redirect source) {
		this.input = source;
		return this;
	}

	/**
	 * Starts node and says hello to the agent.
	 */
	AgentNode run(String script, String... arguments) throws IOException {
		start(script, arguments);
		this.control = connectControl();
		say("type=hello");
		return this;
	}

	/**
	 * Starts node, for a script that may be over before anybody can say hello.
	 */
	AgentNode start(String script, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of("node"));
		if (this.environment.containsKey("IISNODE_AGENT")) {
			command.addAll(List.of("--require", resource("/io/iisnode/process/agent.cjs")));
		}
		command.addAll(this.nodeOptions);
		command.add(resource("/node/agent/" + script));
		command.addAll(Arrays.asList(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).directory(this.folder.toFile()).redirectInput(this.input);
		builder.environment().put("PORT", pipe().toString());
		builder.environment().put("IISNODE_CONTROL_PIPE", controlPipe().toString());
		builder.environment().putAll(this.environment);
		this.process = builder.start();
		read(this.process.getInputStream(), this.output::add);
		read(this.process.getErrorStream(), this.errors::add);
		return this;
	}

	Process process() {
		return this.process;
	}

	Path pipe() {
		return path("a.s");
	}

	Path controlPipe() {
		return path("c.s");
	}

	private Path path(String name) {
		return OS.WINDOWS.isCurrentOs() ? Path.of("\\\\.\\pipe\\" + this.folder.getFileName() + "-" + name)
				: this.folder.resolve(name);
	}

	/**
	 * Whether anything is there under the name of a pipe.
	 */
	static boolean exists(String pipe) {
		if (!OS.WINDOWS.isCurrentOs()) {
			return Files.exists(Path.of(pipe));
		}
		try {
			new RandomAccessFile(pipe, "rw").close();
			return true;
		}
		catch (IOException ex) {
			// Or there are connections, but nobody listens any more.
			return false;
		}
	}

	boolean listens() {
		return exists(pipe().toString());
	}

	/**
	 * Connects to the control pipe, and reads from it, without saying hello.
	 */
	ByteChannel connectControl() {
		ByteChannel channel = Awaitility.await()
			.atMost(LIMIT)
			.pollInterval(Duration.ofMillis(5))
			.ignoreExceptionsInstanceOf(IOException.class)
			.until(() -> connect(controlPipe()), Objects::nonNull);
		read(Channels.newInputStream(channel), (line) -> this.messages.add(decode(line)));
		return channel;
	}

	void say(String line) throws IOException {
		send(this.control, line + "\n");
	}

	/**
	 * Waits for a message of that type.
	 */
	Map<String, String> message(String type) {
		return message((message) -> type.equals(message.get("type")));
	}

	Map<String, String> message(Predicate<Map<String, String>> predicate) {
		return await().until(() -> this.messages.stream().filter(predicate).findFirst().orElse(null), Objects::nonNull);
	}

	Stream<Map<String, String>> messages(String type) {
		return this.messages.stream().filter((message) -> type.equals(message.get("type")));
	}

	/**
	 * Waits for a line of standard output and returns what follows its first word.
	 */
	String line(String firstWord) {
		return await().until(() -> lines(firstWord).findFirst().orElse(null), Objects::nonNull);
	}

	Stream<String> lines(String firstWord) {
		return this.output.stream()
			.filter((line) -> line.equals(firstWord) || line.startsWith(firstWord + " "))
			.map((line) -> line.substring(firstWord.length()).strip());
	}

	List<String> errors() {
		return this.errors;
	}

	ByteChannel connect() throws IOException {
		return connect(pipe());
	}

	/**
	 * Sends a request on a connection of its own, which ends with it.
	 */
	String get(String target) throws IOException {
		try (ByteChannel channel = connect()) {
			return get(channel, target);
		}
	}

	static String get(ByteChannel channel, String target) throws IOException {
		send(channel, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
		return readAll(channel);
	}

	static void send(ByteChannel channel, String text) throws IOException {
		ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
		while (bytes.hasRemaining()) {
			channel.write(bytes);
		}
	}

	static String readAll(ByteChannel channel) throws IOException {
		return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Reads until the text has come.
	 */
	static String readUntil(ByteChannel channel, String text) throws IOException {
		StringBuilder received = new StringBuilder();
		ByteBuffer buffer = ByteBuffer.allocate(4096);
		while (received.indexOf(text) < 0) {
			assertThat(channel.read(buffer.clear())).as("more to read after %s", received).isNotNegative();
			received.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
		}
		return received.toString();
	}

	int exitCode() throws InterruptedException {
		assertThat(this.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("node exits").isTrue();
		return this.process.exitValue();
	}

	ConditionFactory await() {
		return Awaitility.await()
			.atMost(LIMIT)
			.pollInterval(Duration.ofMillis(5))
			.conditionEvaluationListener((condition) -> {
				if (condition.getRemainingTimeInMS() <= 0) {
					System.err.println("node said " + this.output + this.errors + this.messages);
				}
			});
	}

	@Override
	public void close() throws IOException {
		for (ByteChannel connection : this.connections) {
			connection.close();
		}
		if (this.process != null) {
			this.process.descendants().forEach(ProcessHandle::destroyForcibly);
			this.process.destroyForcibly().onExit().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
		}
	}

	private ByteChannel connect(Path path) throws IOException {
		ByteChannel channel = OS.WINDOWS.isCurrentOs() ? new OverlappedPipe(path) : connectSocket(path);
		this.connections.add(channel);
		return channel;
	}

	private static ByteChannel connectSocket(Path path) throws IOException {
		SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		try {
			channel.connect(UnixDomainSocketAddress.of(path));
			return channel;
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
	}

	private static String resource(String name) {
		try {
			return Path.of(AgentNode.class.getResource(name).toURI()).toString();
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void read(InputStream stream, Consumer<String> lines) {
		Thread thread = new Thread(() -> {
			try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
				reader.lines().forEach(lines);
			}
			catch (IOException | RuntimeException ex) {
				// The end of the process or of the test.
			}
		}, "node");
		thread.setDaemon(true);
		thread.start();
	}

	private static Map<String, String> decode(String line) {
		Map<String, String> message = new LinkedHashMap<>();
		for (String parameter : line.split("&")) {
			String[] parts = parameter.split("=", 2);
			message.put(parts[0], URLDecoder.decode((parts.length > 1) ? parts[1] : "", StandardCharsets.UTF_8));
		}
		return message;
	}

}
