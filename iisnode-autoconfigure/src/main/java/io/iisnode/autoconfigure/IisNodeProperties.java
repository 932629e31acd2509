package io.iisnode.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import lombok.Getter;
import lombok.Setter;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

/**
 * Settings of iisnode. Paths are text, because conversion to {@link java.nio.file.Path}
 * would look for them on the class path first.
 */
@Getter
@Setter
@ConfigurationProperties("iisnode")
public class IisNodeProperties extends NodeSettingsProperties {

	/**
	 * Whether Node applications are hosted.
	 */
	private boolean enabled = true;

	/**
	 * Document root: folder in which scripts are found, relative to the working
	 * directory.
	 */
	private String root = "node";

	/**
	 * URL patterns that run the script which the path names. Empty: only applications
	 * with a path of their own are reached.
	 */
	private List<String> handlers = new ArrayList<>(List.of("/**/*.js"));

	/**
	 * Names of folders and files that are never run or served by path; * stands for any
	 * characters. The first folder of each relative log-directory is always hidden.
	 */
	private List<String> hiddenSegments = new ArrayList<>(List.of("node_modules", ".*", "web.config", "iisnode.yml"));

	/**
	 * How many scripts found by path may be active at a time; requests for one more are
	 * answered with 503.
	 */
	private int maxApplications = 100;

	/**
	 * Place of the Node routes among the handler mappings of WebFlux: router functions of
	 * the host have -1, its controllers 0, its static resources the last place.
	 */
	private int order = 1;

	/**
	 * Whether a configured application that cannot start stops the start of the host.
	 * Then all of them start at least one process before the port of the host opens.
	 */
	private boolean failFast = false;

	/**
	 * I/O threads for the connections to processes. 0: those of the web server.
	 */
	private int asyncCompletionThreadCount = 0;

	/**
	 * Folder in which a private folder for Unix domain sockets is made. Not set: that for
	 * temporary files.
	 */
	private @Nullable String pipeDirectory;

	/**
	 * Applications by name. Each may have all settings that stand under iisnode for every
	 * application.
	 */
	private Map<String, Application> applications = new LinkedHashMap<>();

	/**
	 * One application.
	 */
	@Getter
	@Setter
	@ConfigurationPropertiesSource
	public static class Application extends NodeSettingsProperties {

		/**
		 * Entry file, relative to the document root.
		 */
		private @Nullable String script;

		/**
		 * Arguments of the script.
		 */
		private List<String> arguments = new ArrayList<>();

		/**
		 * Folder of the application, relative to the document root: its processes run in
		 * it, log-directory and watched-files are found in it. Not set: the folder of the
		 * script.
		 */
		private @Nullable String directory;

		/**
		 * URL patterns whose requests go to the application, for example /shop/**. Not
		 * set: it is reached by the path of its script.
		 */
		private List<String> path = new ArrayList<>();

	}

}
