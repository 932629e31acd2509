package io.iisnode.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Finds the script that a URL path names: <code>/shop/server.js/cart</code> names
 * <code>shop/server.js</code> below the root, if that is a file. Thread-safe.
 */
public final class ScriptPathResolver {

	/**
	 * Folders that are named like scripts are rare, and a client must not be able to keep
	 * an I/O thread busy with a path of a thousand of them.
	 */
	private static final int MAX_ATTEMPTS = 16;

	private final Path root;

	private final List<String> patterns;

	private final List<Handler> handlers;

	private final HiddenNames hidden;

	/**
	 * Creates the resolver.
	 * @param root absolute path of the folder in which scripts are found
	 * @param handlers patterns of URLs that run a script by path; none: no script is
	 * found
	 * @param hiddenSegments glob patterns of folder and file names that are never run
	 */
	public ScriptPathResolver(Path root, List<String> handlers, List<String> hiddenSegments) {
		this.root = root;
		this.patterns = List.copyOf(handlers);
		this.handlers = handlers.stream().map(Handler::of).toList();
		this.hidden = new HiddenNames(hiddenSegments);
	}

	/**
	 * Names that are never run or served.
	 */
	HiddenNames hidden() {
		return this.hidden;
	}

	/**
	 * What keeps the sources from being served.
	 * @param entryFiles scripts of applications that have a route
	 */
	SourceGuard guard(Collection<Path> entryFiles) {
		return new SourceGuard(this.root, this.patterns, this.hidden, entryFiles);
	}

	/**
	 * The leading parts of a URL path that may name a script. Does not look at files.
	 * @param path the path of a request
	 * @return the parts, the shortest first; usually none or one
	 */
	List<PathContainer> candidates(PathContainer path) {
		List<PathContainer> candidates = List.of();
		List<PathContainer.Element> elements = path.elements();
		int attempts = 0;
		for (int i = 0; i < elements.size() && attempts < MAX_ATTEMPTS; i++) {
			if (elements.get(i) instanceof PathContainer.PathSegment segment && mayEndWith(segment)) {
				attempts++;
				PathContainer leading = (i + 1 == elements.size()) ? path : path.subPath(0, i + 1);
				if (isHandled(leading)) {
					candidates = candidates.isEmpty() ? new ArrayList<>(1) : candidates;
					candidates.add(leading);
				}
			}
		}
		return candidates;
	}

	private boolean mayEndWith(PathContainer.PathSegment segment) {
		for (Handler handler : this.handlers) {
			if (segment.valueToMatch().endsWith(handler.ending())) {
				return true;
			}
		}
		return false;
	}

	private boolean isHandled(PathContainer path) {
		for (Handler handler : this.handlers) {
			if (handler.pattern().matches(path)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Looks for the script of the shortest candidate that has one. Blocks for file system
	 * calls.
	 * @param candidates leading parts of one URL path, the shortest first
	 * @return what there is
	 */
	Resolution resolve(List<PathContainer> candidates) {
		try {
			for (PathContainer candidate : candidates) {
				Path file = fileOf(candidate);
				if (file != null && Files.isRegularFile(file)) {
					return check(candidate, file);
				}
				if (file == null || !Files.isDirectory(file)) {
					// Nothing can be below.
					return NoScript.NOTHING;
				}
			}
		}
		catch (InvalidPathException | IOException ex) {
			// Not the name of a file here, or one that cannot be reached.
		}
		return NoScript.NOTHING;
	}

	private @Nullable Path fileOf(PathContainer candidate) {
		Path file = this.root;
		for (PathContainer.Element element : candidate.elements()) {
			if (element instanceof PathContainer.PathSegment segment) {
				String name = FileName.of(segment);
				if (name == null) {
					return null;
				}
				file = file.resolve(name);
			}
		}
		return file;
	}

	private Resolution check(PathContainer candidate, Path file) throws IOException {
		Path realRoot = this.root.toRealPath();
		Path real = file.toRealPath();
		if (!real.startsWith(realRoot) || this.hidden.hide(realRoot.relativize(real))
				|| this.hidden.hide(this.root.relativize(file))) {
			return NoScript.FORBIDDEN;
		}
		// Links stay in it: each new generation of processes follows them anew.
		return new Script(candidate, file.toRealPath(LinkOption.NOFOLLOW_LINKS));
	}

	/**
	 * What a URL path leads to.
	 */
	sealed interface Resolution permits Script, NoScript {

	}

	/**
	 * A script that may be run.
	 *
	 * @param candidate the part of the path that names it
	 * @param file its path, spelled as the file system spells it, but with its links
	 */
	record Script(PathContainer candidate, Path file) implements Resolution {

	}

	/**
	 * Why there is no script to run.
	 */
	enum NoScript implements Resolution {

		/** No file: others may know the path. */
		NOTHING,

		/** A file that must not be run, nor shown by others. */
		FORBIDDEN

	}

	/**
	 * A URL pattern that runs scripts.
	 *
	 * @param pattern the pattern
	 * @param ending characters with which the last segment of a matching path ends; tells
	 * most segments apart for little
	 */
	private record Handler(PathPattern pattern, String ending) {

		static Handler of(String pattern) {
			int end = pattern.length();
			int start = end;
			while (start > 0 && "/*?}".indexOf(pattern.charAt(start - 1)) < 0) {
				start--;
			}
			return new Handler(PathPatternParser.defaultInstance.parse(pattern), pattern.substring(start, end));
		}

	}

}
