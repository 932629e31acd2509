package io.iisnode.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.FileSettings;

/**
 * Files that are served before an application is asked, by Spring's handler of static
 * resources: with validators, ranges and cache headers. Thread-safe.
 */
final class StaticFiles extends ResourceWebHandler {

	private static final String FOUND = StaticFiles.class.getName() + ".found";

	private final List<PathPattern> patterns;

	private final HiddenNames hidden;

	private final Path script;

	private final List<Path> folders = new ArrayList<>();

	private StaticFiles(ApplicationDefinition definition, HiddenNames hidden) {
		this.hidden = hidden;
		this.script = definition.script();
		this.patterns = definition.paths()
			.stream()
			.map(PathPatternParser.defaultInstance::parse)
			.sorted(PathPattern.SPECIFICITY_COMPARATOR)
			.toList();
		List<Resource> locations = new ArrayList<>();
		for (String location : definition.settings().files().staticLocations()) {
			Path folder = FileSettings.folder(this.script, location);
			Resource resource = (folder != null) ? new FileSystemResource(folder + "/") : located(location);
			folder = folderOf(resource);
			if (folder != null) {
				FileSettings.check("static-locations", location, folder, this.script);
				this.folders.add(folder);
			}
			locations.add(resource);
		}
		setLocations(locations);
		setEtagGenerator(StaticFiles::etag);
		if (definition.settings().files().cachePeriod() != null) {
			setCacheControl(CacheControl.maxAge(definition.settings().files().cachePeriod()));
		}
	}

	/**
	 * A location of Spring.
	 */
	private static Resource located(String location) {
		return new DefaultResourceLoader().getResource(location.endsWith("/") ? location : location + "/");
	}

	/**
	 * The folder of the file system that a location is, as the class path often is.
	 */
	private static @Nullable Path folderOf(Resource location) {
		try {
			return location.isFile() ? location.getFile().toPath().toAbsolutePath().normalize() : null;
		}
		catch (IOException ex) {
			// It is none.
			return null;
		}
	}

	/**
	 * The files beside an application.
	 * @param definition the application
	 * @param hidden names that are never served
	 * @return null if there are none
	 * @throws IllegalArgumentException if a location cannot be used, or contains the
	 * script
	 */
	static @Nullable StaticFiles of(ApplicationDefinition definition, HiddenNames hidden) {
		if (definition.settings().files().staticLocations().isEmpty()) {
			return null;
		}
		StaticFiles files = new StaticFiles(definition, hidden);
		try {
			files.afterPropertiesSet();
		}
		catch (Exception ex) {
			throw new IllegalArgumentException("static-locations cannot be used: " + ex.getMessage(), ex);
		}
		return files;
	}

	static String etag(Resource resource) {
		try {
			return "\"" + Long.toHexString(resource.lastModified()) + "-" + Long.toHexString(resource.contentLength())
					+ "\"";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Looks for the file that a request names.
	 * @return whether there is one; then {@link #handle} serves it
	 */
	Mono<Boolean> find(ServerRequest request) {
		HttpMethod method = request.method();
		if (!HttpMethod.GET.equals(method) && !HttpMethod.HEAD.equals(method)) {
			return Mono.just(false);
		}
		PathContainer path = request.requestPath().pathWithinApplication();
		for (PathPattern pattern : this.patterns) {
			if (pattern.matches(path)) {
				return find(request.exchange(), pattern, pattern.extractPathWithinPattern(path));
			}
		}
		return Mono.just(false);
	}

	private Mono<Boolean> find(ServerWebExchange exchange, PathPattern pattern, PathContainer rest) {
		if (rest.value().isEmpty() || isHidden(rest.value())) {
			return Mono.just(false);
		}
		exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, pattern);
		exchange.getAttributes().put(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE, rest);
		return Mono.defer(() -> super.getResource(exchange))
			.filter(this::mayBeServed)
			.doOnNext((found) -> exchange.getAttributes().put(FOUND, found))
			.hasElement()
			.onErrorReturn(RuntimeException.class, false)
			.subscribeOn(Schedulers.boundedElastic());
	}

	/**
	 * Whether a path leads through a hidden name, as it is spelled. In an archive there
	 * are no other spellings; {@link #isWithin} finds those of the file system.
	 */
	private boolean isHidden(String path) {
		try {
			for (String name : StringUtils.uriDecode(path, StandardCharsets.UTF_8).split("[/\\\\]")) {
				if (!name.equals(".") && !name.equals("..") && this.hidden.contains(name)) {
					return true;
				}
			}
			return false;
		}
		catch (IllegalArgumentException ex) {
			// No name of a file.
			return true;
		}
	}

	@Override
	protected Mono<Resource> getResource(ServerWebExchange exchange) {
		Resource found = exchange.getAttribute(FOUND);
		return Mono.justOrEmpty(found);
	}

	private boolean mayBeServed(Resource resource) {
		try {
			return !resource.isFile() || isWithin(resource.getFile().toPath().toRealPath());
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Whether a file, links resolved, lies in one of the folders, and not where nobody
	 * may look.
	 */
	private boolean isWithin(Path file) throws IOException {
		for (Path folder : this.folders) {
			// A link may have been changed since the start.
			if (folder.toFile().isDirectory() && !FileSettings.containsScript(folder, this.script)) {
				Path real = folder.toRealPath();
				if (file.startsWith(real)) {
					return !this.hidden.hide(real.relativize(file));
				}
			}
		}
		return false;
	}

}
