package io.iisnode.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import lombok.Getter;
import lombok.Setter;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

import io.iisnode.application.ClientSettings;
import io.iisnode.application.ForwardedHeaders;
import io.iisnode.application.RecycleStrategy;
import io.iisnode.application.ServerVariable;
import io.iisnode.application.StickySettings;
import io.iisnode.process.ProcessActivation;
import io.iisnode.process.ProcessSelection;

/**
 * Settings that every application has. They stand under <code>iisnode</code> for all
 * applications and under <code>iisnode.applications.&lt;name&gt;</code> for one of them,
 * where they win. Bare numbers have the unit that iisnode gives them.
 */
@Getter
@Setter
@ConfigurationPropertiesSource
public class NodeSettingsProperties {

	/**
	 * Node executable, found on the PATH unless it is a path, and arguments that stand
	 * before all others. A path with blanks needs double quotes.
	 */
	private String nodeProcessCommandLine = "node";

	/**
	 * Arguments for node, before the script.
	 */
	private List<String> nodeProcessArguments = new ArrayList<>();

	/**
	 * Number of node processes of an application; 0: one per processor.
	 */
	private int nodeProcessCountPerApplication = 1;

	/**
	 * Number of node processes that are kept ready: they start before the port of the
	 * host opens, and one that ends is replaced without waiting for a request. At most
	 * the number of processes. 0: they start with the first request.
	 */
	private int minProcessCountPerApplication = 0;

	/**
	 * Time without a request to an application after which its processes end, down to the
	 * number that is kept ready. The next request starts them again. Not set or 0: they
	 * stay.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private @Nullable Duration idleProcessTimeout;

	/**
	 * Name that iisnode has for a similar setting, which trimmed the memory of idle
	 * processes: used as idle-process-timeout unless that is set. 0: not used.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration idlePageOutTimePeriod = Duration.ZERO;

	/**
	 * Requests after which a process is replaced by a new one. Each process has a limit
	 * of its own, up to a tenth lower, so that they do not reach it together; they are
	 * replaced one at a time, and each goes on until its replacement is ready. 0: no
	 * limit.
	 */
	private int maxRequestsPerProcess = 0;

	/**
	 * Age at which a process is replaced by a new one; up to a tenth earlier, and one at
	 * a time. Not set or 0: no limit.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private @Nullable Duration maxProcessAge;

	/**
	 * Resident memory beyond which a process is replaced by a new one when it has
	 * reported more five times in a row, one second apart; up to a tenth lower, and one
	 * process at a time. Its requests finish. A bare number counts bytes. Not set or 0:
	 * no limit.
	 */
	private @Nullable DataSize maxMemoryPerProcess;

	/**
	 * Time for which the event loop of a process may be stuck. A process that was stuck
	 * for longer is replaced; one that still is, noticed two seconds later, gets no more
	 * requests, and is killed at the end of graceful-shutdown-timeout. Not set or 0: no
	 * limit.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private @Nullable Duration maxEventLoopDelay;

	/**
	 * Requests that one process may have at a time. A WebSocket counts for as long as it
	 * lives.
	 */
	private int maxConcurrentRequestsPerProcess = 1024;

	/**
	 * Requests that may wait until a process has room; one more is answered with 503, or
	 * with the reason why no process is ready if a start has failed. 0: none waits, also
	 * not for the first process to start.
	 */
	private int maxPendingRequestsPerApplication = 1024;

	/**
	 * Longest time that a request waits until a process has room; then it is answered
	 * with 503.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration maxPendingTime = Duration.ofSeconds(30);

	/**
	 * Whether the first request starts all processes, or one and later requests start
	 * further ones when all are full.
	 */
	private ProcessActivation processActivation = ProcessActivation.ALL;

	/**
	 * Which process with room takes the next request: strict turns, the one with the
	 * fewest active requests, or the one that served the client before.
	 */
	private ProcessSelection processSelection = ProcessSelection.ROUND_ROBIN;

	/**
	 * What ties requests to a process where the selection is sticky: 'cookie', one that
	 * the host sets; or a hash of 'header:NAME', 'cookie:NAME' or 'query:NAME'.
	 */
	private String stickyKey = "cookie";

	/**
	 * Name of the cookie that the host sets. Empty: 'iisnode-' and the name of the
	 * application.
	 */
	private String stickyCookieName = "";

	/**
	 * Secret with which that cookie is signed, 16 characters or more; the same for hosts
	 * that share their clients. Empty: a random one for each start of the host.
	 */
	private String stickySecret = "";

	/**
	 * Which requests from pages of other sites carry that cookie: navigation, none, or
	 * all. With 'none', which means all, it is always secure, so that clients need TLS.
	 */
	private StickySettings.SameSite stickyCookieSameSite = StickySettings.SameSite.LAX;

	/**
	 * Attempts to connect to a process after the first one.
	 */
	private int maxNamedPipeConnectionRetry = 100;

	/**
	 * Pause between two attempts to connect to a process.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration namedPipeConnectionRetryDelay = Duration.ofMillis(250);

	/**
	 * Idle connections kept for reuse, per process; 0: each request has a connection of
	 * its own.
	 */
	private int maxNamedPipeConnectionPoolSize = 512;

	/**
	 * Idle time after which a connection is not used again. It ends earlier where node
	 * announces so.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration maxNamedPipePooledConnectionAge = Duration.ofSeconds(30);

	/**
	 * Size of the first buffer that data of a process is read into. It grows with the
	 * traffic. A bare number counts bytes.
	 */
	private DataSize initialRequestBufferSize = DataSize.ofBytes(4096);

	/**
	 * Longest head of a request and longest head of a response. A bare number counts
	 * bytes.
	 */
	private DataSize maxRequestBufferSize = DataSize.ofBytes(65536);

	/**
	 * Time that a process has to finish its requests when it is recycled or the host
	 * stops; then it is ended. 0: at once.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration gracefulShutdownTimeout = Duration.ofSeconds(60);

	/**
	 * Whether a recycle gives requests to the old processes until the new ones are ready,
	 * or lets requests wait for the new ones at once.
	 */
	private RecycleStrategy recycleStrategy = RecycleStrategy.READY_FIRST;

	/**
	 * Time that a process has from its start until it listens.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration startupTimeout = Duration.ofSeconds(30);

	/**
	 * Number of processes that may end unexpectedly or fail to start within
	 * rapid-fail-window. Then starting stops for a time: one start is tried again after
	 * about 1 s, and ever more seldom while it fails, up to once a minute. 0: starting
	 * never stops.
	 */
	private int rapidFailLimit = 5;

	/**
	 * Time in which unexpected ends and failed starts of processes are counted.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration rapidFailWindow = Duration.ofMinutes(1);

	/**
	 * Longest wait for the head of a response, counted from the end of the request; then
	 * the client gets 504. Not set or 0: no limit.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private @Nullable Duration requestTimeout;

	/**
	 * Longest time without a byte in either direction, while a request is with a process
	 * or a WebSocket is open; then the response or the connection is ended. Not set or 0:
	 * no limit.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private @Nullable Duration idleTimeout;

	/**
	 * Longest life of a WebSocket or another upgraded connection. Not set or 0: no limit.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private @Nullable Duration maxTunnelAge;

	/**
	 * NODE_ENV of the processes. Not set: that of the host.
	 */
	private String nodeEnv = "";

	/**
	 * Environment variables of the processes, added to those of the host. Those of one
	 * application are added to those of all applications.
	 */
	private Map<String, String> environment = new LinkedHashMap<>();

	/**
	 * Whether standard output and standard error of the processes are written to files.
	 */
	private boolean loggingEnabled = true;

	/**
	 * Whether each line of standard output and standard error also goes to the logger
	 * iisnode.&lt;application&gt;, at level INFO and WARN, with the process id before it.
	 * Also if logging-enabled is false. Lines that the logger is too slow for are dropped
	 * and counted; lines longer than 8 KiB are cut into pieces.
	 */
	private boolean logForwarding = false;

	/**
	 * Folder of the log files, relative to that of the application.
	 */
	private String logDirectory = "iisnode";

	/**
	 * Size after which a log file is followed by a new one. A bare number counts
	 * kilobytes.
	 */
	@DataSizeUnit(DataUnit.KILOBYTES)
	private DataSize maxLogFileSizeInKb = DataSize.ofKilobytes(128);

	/**
	 * Size of all files in the log folder; the oldest are removed beyond it. A bare
	 * number counts kilobytes.
	 */
	@DataSizeUnit(DataUnit.KILOBYTES)
	private DataSize maxTotalLogFileSizeInKb = DataSize.ofKilobytes(1024);

	/**
	 * Number of files in the log folder; the oldest are removed beyond it.
	 */
	private int maxLogFiles = 20;

	/**
	 * Files whose change recycles the application, separated by ';' and relative to its
	 * folder. A name may have the wildcards '*' and '?', a folder may be '**'. The script
	 * is watched with them. Empty: nothing is watched.
	 */
	private String watchedFiles = "*.js;iisnode.yml";

	/**
	 * Time from one look at the watched files to the next where the operating system does
	 * not tell of changes, as on network shares.
	 */
	@DurationUnit(ChronoUnit.MILLIS)
	private Duration uncFileChangesPollingInterval = Duration.ofSeconds(5);

	/**
	 * Header fields that tell the application who its client is and what it asked for:
	 * X-Forwarded-For, -Proto, -Host and -Port, or Forwarded (RFC 7239), or both. Those
	 * that clients send are dropped.
	 */
	private ForwardedHeaders forwardedHeaders = ForwardedHeaders.X_FORWARDED;

	/**
	 * Proxies before the host whose word about their clients counts: addresses or
	 * networks such as 10.0.0.0/8. What they send is passed on and continued.
	 */
	private List<String> trustedProxies = new ArrayList<>();

	/**
	 * Whether the application is told of its client in iisnode's form: X-Forwarded-For
	 * continues what anybody has sent, X-Forwarded-Proto is set unless anybody has sent
	 * it. Clients can forge both, unless a proxy before the host removes theirs.
	 */
	private boolean enableXff = false;

	/**
	 * Server variables that the application gets as header fields X-iisnode-NAME, for
	 * example AUTH_USER and AUTH_AUTHORITIES. Fields of such names that clients send are
	 * always dropped.
	 */
	private List<ServerVariable> promoteServerVars = new ArrayList<>();

	/**
	 * Header fields of clients that the application never gets, because frameworks take
	 * them for their own and skip checks; '*' at the end stands for any characters.
	 */
	private List<String> droppedRequestHeaders = new ArrayList<>(ClientSettings.DEFAULTS.droppedHeaders());

	/**
	 * Longest body of a request; a longer one is answered with 413. A bare number counts
	 * bytes. Not set or 0: no limit.
	 */
	private @Nullable DataSize maxRequestBodySize;

	/**
	 * Resource locations of Spring, or folders relative to that of the script, whose
	 * files are served before the application is asked; paths are relative to the URL
	 * pattern of the application.
	 */
	private List<String> staticLocations = new ArrayList<>();

	/**
	 * How long clients may keep such files without asking again. Not set: they ask each
	 * time whether a file has changed.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private @Nullable Duration staticCachePeriod;

	/**
	 * Folders, relative to that of the script, whose files the application may have sent
	 * by the host: its response names one in X-Accel-Redirect. Empty: that field is not
	 * acted upon.
	 */
	private List<String> accelLocations = new ArrayList<>();

	/**
	 * Whether error pages tell cause, command line and last words of the process. For
	 * development only.
	 */
	private boolean devErrorsEnabled = false;

	/**
	 * Status of error pages that tell details; iisnode had 200. 0: that of the error.
	 */
	private int devErrorsStatus = 0;

}
