package io.iisnode.compatibility;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is hosted, and what has to be configured for it.
 */
enum Framework {

	EXPRESS("Express", "express", "express", "server.js"),

	FASTIFY("Fastify", "fastify", "fastify", "server.js"),

	KOA("Koa", "koa", "koa", "server.js"),

	HAPI("hapi", "hapi", "@hapi/hapi", "server.js"),

	NEST("NestJS", "nest", "@nestjs/core", "dist/main.js") {

		@Override
		String missingPath() {
			// Its static files have the page in place of every file that is missing.
			return "/api/missing";
		}

	},

	NEXT("Next.js", "next", "next", ".next/standalone/server.js"),

	NEXT_START("Next.js", "next", "next", "node_modules/next/dist/bin/next") {

		@Override
		List<String> arguments() {
			return List.of("start", "-p", "3000");
		}

	},

	NUXT("Nuxt", "nuxt", "nuxt", ".output/server/index.mjs"),

	SVELTEKIT("SvelteKit", "sveltekit", "@sveltejs/kit", "build/index.js") {

		@Override
		Map<String, String> environment() {
			// SvelteKit refuses bodies above 512 KB by default.
			return Map.of("BODY_SIZE_LIMIT", "10M");
		}

	},

	ASTRO("Astro", "astro", "astro", "dist/server/entry.mjs"),

	REACT_ROUTER("React Router", "react-router", "react-router", "node_modules/@react-router/serve/bin.js") {

		@Override
		List<String> arguments() {
			return List.of("build/server/index.js");
		}

	},

	WS("ws", "ws", "ws", "server.js"),

	SOCKET_IO("Socket.IO", "socket.io", "socket.io", "server.js"),

	YOGA("Yoga", "yoga", "graphql-yoga", "server.js") {

		@Override
		Site site(String url) {
			return new GraphQlSite(url);
		}

	};

	private static final Path APPLICATIONS = Path.of("target", "apps").toAbsolutePath();

	private final String title;

	private final String folder;

	private final String module;

	private final String script;

	Framework(String title, String folder, String module, String script) {
		this.title = title;
		this.folder = folder;
		this.module = module;
		this.script = script;
	}

	/**
	 * What its page says.
	 */
	String title() {
		return this.title;
	}

	/**
	 * The folder of the application.
	 */
	Path directory() {
		return APPLICATIONS.resolve(this.folder);
	}

	String folder() {
		return this.folder;
	}

	/**
	 * The package that gives it its version.
	 */
	String module() {
		return this.module;
	}

	/**
	 * Entry file, relative to the folder.
	 */
	String script() {
		return this.script;
	}

	/**
	 * Arguments of the script. One with arguments is a command that runs in the folder of
	 * the application, as npm runs it.
	 */
	List<String> arguments() {
		return List.of();
	}

	/**
	 * Environment variables that the application needs besides <code>PORT</code>.
	 */
	Map<String, String> environment() {
		return Map.of();
	}

	/**
	 * The folder that the script runs in.
	 */
	Path workingDirectory() {
		return arguments().isEmpty() ? directory().resolve(this.script).getParent() : directory();
	}

	/**
	 * What is not there.
	 */
	String missingPath() {
		return "/missing";
	}

	/**
	 * How the application is asked.
	 */
	Site site(String url) {
		return new Site(url);
	}

	void checkIsBuilt() {
		if (!Files.isRegularFile(directory().resolve(this.script))) {
			throw new IllegalStateException(directory().resolve(this.script)
					+ " is missing: run the tests by Maven with the profile \"compatibility\"");
		}
	}

	@Override
	public String toString() {
		return (this == NEXT) ? "Next.js standalone" : (this == NEXT_START) ? "Next.js start" : this.title;
	}

}
