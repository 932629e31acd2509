package io.iisnode.benchmarks.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Settings that end one process at a time, each of an application of its own.
 */
enum Limit {

	/** After some requests. */
	REQUESTS("max-requests-per-process", "500", ""),

	/**
	 * At some age. Nobody uses its processes most of the time, so they may end.
	 */
	AGE("max-process-age", "2s", "") {
		@Override
		void addTo(Map<String, Object> settings) {
			super.addTo(settings);
			settings.put(prefix() + "idle-process-timeout", "1s");
		}
	},

	/** Above some resident memory, for five seconds. */
	MEMORY("max-memory-per-process", "160MB", "/grow"),

	/** When the event loop was stuck; it comes back. */
	DELAY("max-event-loop-delay", "1500ms", "/block"),

	/** When no requests come, which is when they are about to come again. */
	IDLE("idle-process-timeout", "400ms", "");

	static final long IDLE_MILLIS = 400;

	private final String setting;

	private final String value;

	private final String provocation;

	Limit(String setting, String value, String provocation) {
		this.setting = setting;
		this.value = value;
		this.provocation = provocation;
	}

	String application() {
		return "limit-" + name().toLowerCase(Locale.ROOT);
	}

	String path() {
		return "/" + application();
	}

	String setting() {
		return this.setting;
	}

	String prefix() {
		return "iisnode.applications." + application() + ".";
	}

	void deploy(Path root) throws IOException {
		Files.createDirectories(root.resolve(application()));
		Files.writeString(root.resolve(application()).resolve("app.js"), Script.TEXT);
	}

	void addTo(Map<String, Object> settings) {
		settings.put(prefix() + "script", application() + "/app.js");
		settings.put(prefix() + "path", path() + "/**");
		settings.put(prefix() + this.setting, this.value);
	}

	/**
	 * Asks for what leads beyond the limit, if requests alone do not.
	 */
	void provoke(LoadClient client) throws IOException {
		if (!this.provocation.isEmpty()) {
			client.exchange("GET " + path() + this.provocation, "", new byte[0]);
		}
	}

}
