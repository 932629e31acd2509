package io.iisnode.autoconfigure;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

import io.iisnode.application.ApplicationSettings;
import io.iisnode.application.ClientSettings;
import io.iisnode.application.FileSettings;
import io.iisnode.application.QueueSettings;
import io.iisnode.application.StickySettings;
import io.iisnode.log.LogSettings;
import io.iisnode.process.ProcessLimits;
import io.iisnode.process.ProcessSettings;
import io.iisnode.process.RapidFailSettings;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.transport.ConnectionSettings;
import io.iisnode.watch.WatchSettings;

/**
 * Makes the settings of the core from bound properties. A value out of its range is an
 * {@link IllegalArgumentException} whose message begins with the name of the setting.
 */
final class NodeSettingsConverter {

	/** What <code>node_env</code> is in iisnode unless it is set. */
	private static final String IISNODE_DEFAULT_ENV = "%node_env%";

	private static final Pattern GLOB_CHARACTER = Pattern.compile("[\\\\*?\\[\\]{}]");

	private NodeSettingsConverter() {
	}

	static ApplicationSettings convert(NodeSettingsProperties properties) {
		return new ApplicationSettings(process(properties),
				new RapidFailSettings(properties.getRapidFailLimit(), properties.getRapidFailWindow()),
				connection(properties), exchange(properties),
				new QueueSettings(properties.getMaxPendingRequestsPerApplication(), properties.getMaxPendingTime()),
				log(properties), watch(properties), properties.getRecycleStrategy(), client(properties),
				StickySettings.of(properties.getStickyKey(), properties.getStickyCookieName(),
						properties.getStickySecret(), properties.getStickyCookieSameSite()),
				new FileSettings(properties.getStaticLocations(), properties.getStaticCachePeriod(),
						properties.getAccelLocations()),
				properties.isDevErrorsEnabled(), properties.getDevErrorsStatus());
	}

	private static ProcessSettings process(NodeSettingsProperties properties) {
		int configured = properties.getNodeProcessCountPerApplication();
		int count = (configured != 0) ? configured : Runtime.getRuntime().availableProcessors();
		int minimum = properties.getMinProcessCountPerApplication();
		return new ProcessSettings(command(properties.getNodeProcessCommandLine()),
				properties.getNodeProcessArguments(), count,
				// How many processors there are is not a mistake in the settings.
				(configured != 0) ? minimum : Math.min(minimum, count), properties.getMaxConcurrentRequestsPerProcess(),
				properties.getProcessActivation(), properties.getProcessSelection(), properties.getStartupTimeout(),
				properties.getGracefulShutdownTimeout(), nodeEnv(properties.getNodeEnv()), properties.getEnvironment(),
				idleTimeout(properties), limits(properties));
	}

	private static @Nullable Duration idleTimeout(NodeSettingsProperties properties) {
		Duration timeout = limit(properties.getIdleProcessTimeout());
		if (timeout != null) {
			return timeout;
		}
		if (properties.getIdlePageOutTimePeriod().isNegative()) {
			throw new IllegalArgumentException(
					"idle-page-out-time-period must not be negative, but is " + properties.getIdlePageOutTimePeriod());
		}
		return limit(properties.getIdlePageOutTimePeriod());
	}

	private static ProcessLimits limits(NodeSettingsProperties properties) {
		DataSize memory = properties.getMaxMemoryPerProcess();
		return new ProcessLimits(properties.getMaxRequestsPerProcess(), limit(properties.getMaxProcessAge()),
				(memory != null) ? memory.toBytes() : 0, limit(properties.getMaxEventLoopDelay()));
	}

	private static List<String> command(String line) {
		try {
			return CommandLineSplitter.split(line);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("node-process-command-line cannot be split: " + ex.getMessage(), ex);
		}
	}

	private static String nodeEnv(String value) {
		return IISNODE_DEFAULT_ENV.equalsIgnoreCase(value) ? "" : value;
	}

	private static ConnectionSettings connection(NodeSettingsProperties properties) {
		return new ConnectionSettings(properties.getMaxNamedPipeConnectionRetry(),
				properties.getNamedPipeConnectionRetryDelay(), properties.getMaxNamedPipeConnectionPoolSize(),
				properties.getMaxNamedPipePooledConnectionAge());
	}

	private static ExchangeSettings exchange(NodeSettingsProperties properties) {
		return new ExchangeSettings(bytes("initial-request-buffer-size", properties.getInitialRequestBufferSize()),
				bytes("max-request-buffer-size", properties.getMaxRequestBufferSize()),
				limit(properties.getRequestTimeout()), limit(properties.getIdleTimeout()),
				limit(properties.getMaxTunnelAge()));
	}

	private static int bytes(String setting, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE) {
			throw new IllegalArgumentException(setting + " must be less than 2GB, not " + size);
		}
		return (int) size.toBytes();
	}

	private static @Nullable Duration limit(@Nullable Duration timeout) {
		return (timeout != null && timeout.isZero()) ? null : timeout;
	}

	private static ClientSettings client(NodeSettingsProperties properties) {
		DataSize limit = properties.getMaxRequestBodySize();
		return new ClientSettings(properties.getForwardedHeaders(), properties.isEnableXff(),
				properties.getTrustedProxies(), properties.getPromoteServerVars(),
				properties.getDroppedRequestHeaders(), (limit != null) ? limit.toBytes() : 0);
	}

	private static LogSettings log(NodeSettingsProperties properties) {
		return new LogSettings(properties.isLoggingEnabled(), properties.isLogForwarding(),
				path("log-directory", properties.getLogDirectory()), properties.getMaxLogFileSizeInKb().toBytes(),
				properties.getMaxTotalLogFileSizeInKb().toBytes(), properties.getMaxLogFiles());
	}

	private static @Nullable WatchSettings watch(NodeSettingsProperties properties) {
		String files = properties.getWatchedFiles();
		return files.isBlank() ? null : WatchSettings.of(files, properties.getUncFileChangesPollingInterval());
	}

	static Path path(String setting, String value) {
		try {
			return Path.of(value);
		}
		catch (InvalidPathException ex) {
			throw new IllegalArgumentException(setting + " is not a path: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Checks URL patterns.
	 * @param setting where they stand
	 * @param patterns the patterns
	 * @return the same patterns
	 */
	static List<String> patterns(String setting, List<String> patterns) {
		for (String pattern : patterns) {
			if (!pattern.startsWith("/")) {
				throw new IllegalArgumentException(setting + " must begin with '/', but is '" + pattern + "'");
			}
			try {
				PathPatternParser.defaultInstance.parse(pattern);
			}
			catch (PatternParseException ex) {
				throw new IllegalArgumentException(
						setting + " is not a URL pattern: '" + pattern + "': " + ex.getMessage(), ex);
			}
		}
		return List.copyOf(patterns);
	}

	/**
	 * Checks glob patterns of file names.
	 * @param setting where they stand
	 * @param globs the patterns
	 * @return the same patterns
	 */
	static List<String> globs(String setting, List<String> globs) {
		for (String glob : globs) {
			try {
				FileSystems.getDefault().getPathMatcher("glob:" + glob);
			}
			catch (PatternSyntaxException ex) {
				throw new IllegalArgumentException(
						setting + " has a pattern that is not valid: '" + glob + "': " + ex.getDescription(), ex);
			}
		}
		return List.copyOf(globs);
	}

	/**
	 * The glob pattern that matches one name only.
	 * @param name a file name
	 * @return the pattern
	 */
	static String glob(String name) {
		return GLOB_CHARACTER.matcher(name).replaceAll("\\\\$0");
	}

}
