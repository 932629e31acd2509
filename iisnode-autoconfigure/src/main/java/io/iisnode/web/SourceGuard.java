package io.iisnode.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Keeps the source of scripts, and hidden files, from being served. Spring's static
 * resources may lie in the same folder, and are found by more spellings of a path than
 * scripts are: <code>/shop%2Fserver.js</code> and <code>/./server.js</code> are files to
 * them. Thread-safe.
 */
final class SourceGuard {

	/**
	 * What separates the elements of a path of the file system.
	 */
	private static final PathContainer.Options NOT_ENCODED = PathContainer.Options.create('/', false);

	private final Path root;

	private final List<PathPattern> handlers;

	private final HiddenNames hidden;

	private final Collection<Path> entryFiles;

	private final Set<String> entryNames;

	/**
	 * Creates the guard.
	 * @param root absolute path of the folder in which scripts are found
	 * @param handlers patterns of URLs that run a script by path
	 * @param hidden names that are never served
	 * @param entryFiles scripts of applications that have a route
	 */
	SourceGuard(Path root, List<String> handlers, HiddenNames hidden, Collection<Path> entryFiles) {
		this.root = root;
		PathPatternParser parser = new PathPatternParser();
		// Some file systems do not tell server.js from SERVER.JS.
		parser.setCaseSensitive(false);
		this.handlers = handlers.stream().map(parser::parse).toList();
		this.hidden = hidden;
		this.entryFiles = entryFiles;
		this.entryNames = entryFiles.stream()
			.map((file) -> lowerCase(String.valueOf(file.getFileName())))
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Whether a path that runs no script has to be looked at by {@link #isProtected}
	 * before others get it. Does not look at files.
	 * @param path the path of a request
	 */
	boolean isSuspicious(PathContainer path) {
		boolean afterSeparator = false;
		for (PathContainer.Element element : path.elements()) {
			if (element instanceof PathContainer.PathSegment segment) {
				if (isSuspicious(segment)) {
					return true;
				}
				afterSeparator = false;
			}
			else if (afterSeparator) {
				return true;
			}
			else {
				afterSeparator = true;
			}
		}
		return isHandled(path);
	}

	private boolean isSuspicious(PathContainer.PathSegment segment) {
		String name = segment.valueToMatch();
		return FileName.hasParameters(segment) || !FileName.isPlain(name) || this.hidden.contains(name)
				|| this.entryNames.contains(lowerCase(name));
	}

	private boolean isHandled(PathContainer path) {
		for (PathPattern pattern : this.handlers) {
			if (pattern.matches(path)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a path leads to a script or to a hidden file, however it is spelled. Blocks
	 * for file system calls.
	 * @param path the path of a request
	 */
	boolean isProtected(PathContainer path) {
		try {
			Path file = this.root.resolve(FileName.loosely(path)).normalize();
			if (!file.startsWith(this.root) || !Files.isRegularFile(file)) {
				return false;
			}
			Path real = file.toRealPath();
			Path realRoot = this.root.toRealPath();
			return isSource(this.root.relativize(file))
					|| (real.startsWith(realRoot) && isSource(realRoot.relativize(real))) || isEntryFile(real);
		}
		catch (InvalidPathException | IOException ex) {
			return false;
		}
	}

	private boolean isSource(Path relative) {
		String path = "/" + relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
		return this.hidden.hide(relative) || isHandled(PathContainer.parsePath(path, NOT_ENCODED));
	}

	private boolean isEntryFile(Path file) throws IOException {
		for (Path entry : this.entryFiles) {
			if (Files.exists(entry) && Files.isSameFile(file, entry)) {
				return true;
			}
		}
		return false;
	}

	private static String lowerCase(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

}
