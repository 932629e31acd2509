package io.iisnode.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.iisnode.transport.PipeAddress;

/**
 * The command that runs the script of an application together with the agent.
 */
final class AgentCommand {

	/**
	 * How often the agent reports memory and event loop.
	 */
	static final Duration STATS_INTERVAL = Duration.ofSeconds(1);

	/**
	 * An idle connection outlives node's default of 5 s, and our pool's age.
	 */
	private static final long KEEP_ALIVE_MARGIN_MILLIS = 35_000;

	private AgentCommand() {
	}

	/**
	 * The command for one process.
	 * @param pipe where the application listens
	 * @param controlPipe where the agent listens
	 */
	static ProcessCommand of(ProcessContext context, PipeAddress pipe, PipeAddress controlPipe) {
		return new ProcessCommand(arguments(context), context.directory(), environment(context, pipe, controlPipe));
	}

	private static List<String> arguments(ProcessContext context) {
		ProcessSettings settings = context.settings();
		List<String> arguments = new ArrayList<>(settings.command());
		arguments.add("--require");
		arguments.add(context.services().agent().file().toString());
		arguments.addAll(settings.arguments());
		arguments.add(context.script().toString());
		arguments.addAll(context.arguments());
		return arguments;
	}

	private static Map<String, String> environment(ProcessContext context, PipeAddress pipe, PipeAddress controlPipe) {
		ProcessSettings settings = context.settings();
		Map<String, String> environment = new HashMap<>(context.services().transport().environment());
		environment.keySet().removeAll(System.getenv().keySet());
		if (!settings.nodeEnv().isEmpty()) {
			environment.put("NODE_ENV", settings.nodeEnv());
		}
		environment.putAll(settings.environment());
		environment.put("PORT", pipe.path());
		environment.put("IISNODE_VERSION", Version.CURRENT);
		environment.put("IISNODE_CONTROL_PIPE", controlPipe.path());
		long keepAlive = context.connectionSettings().maxIdleAge().toMillis() + KEEP_ALIVE_MARGIN_MILLIS;
		environment.put("IISNODE_AGENT",
				"statsInterval=" + STATS_INTERVAL.toMillis() + "&keepAliveTimeout=" + keepAlive);
		return environment;
	}

}
