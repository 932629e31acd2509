package io.iisnode.web;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
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

	private final Path root;

	private final List<PathPattern> handlers;

	private final List<PathMatcher> hidden;

	/**
	 * Creates the resolver.
	 * @param root absolute path of the folder in which scripts are found
	 * @param handlers URL patterns that run a script by path; none: no script is found
	 * @param hiddenSegments glob patterns of folder and file names that are never run
	 */
	public ScriptPathResolver(Path root, List<String> handlers, List<String> hiddenSegments) {
		this.root = root;
		this.handlers = handlers.stream().map(PathPatternParser.defaultInstance::parse).toList();
		this.hidden = hiddenSegments.stream()
			.map((segment) -> FileSystems.getDefault().getPathMatcher("glob:" + segment))
			.toList();
	}

	/**
	 * The leading parts of a URL path that may name a script. Does not look at files.
	 * @param path the path of a request
	 * @return the parts in their order, usually none or one
	 */
	List<PathContainer> candidates(PathContainer path) {
		List<PathContainer> candidates = new ArrayList<>(1);
		List<PathContainer.Element> elements = path.elements();
		for (int i = 0; i < elements.size(); i++) {
			if (elements.get(i) instanceof PathContainer.PathSegment) {
				PathContainer leading = (i + 1 == elements.size()) ? path : path.subPath(0, i + 1);
				if (this.handlers.stream().anyMatch((pattern) -> pattern.matches(leading))) {
					candidates.add(leading);
				}
			}
		}
		return candidates;
	}

	/**
	 * Looks for the script of a candidate. Blocks for file system calls.
	 * @param candidate leading part of a URL path
	 * @return what there is
	 */
	Resolution resolve(PathContainer candidate) {
		try {
			Path file = this.root;
			for (PathContainer.Element element : candidate.elements()) {
				if (element instanceof PathContainer.PathSegment segment) {
					String name = nameOf(segment);
					if (name == null) {
						return Resolution.NOTHING;
					}
					file = file.resolve(name);
				}
			}
			return Files.isRegularFile(file) ? check(file) : Resolution.NOTHING;
		}
		catch (InvalidPathException | IOException ex) {
			return Resolution.NOTHING;
		}
	}

	/**
	 * The file name that a URL segment stands for.
	 * @return null for what is no plain name: it would lead elsewhere
	 */
	private static @Nullable String nameOf(PathContainer.PathSegment segment) {
		String name = segment.valueToMatch();
		boolean plain = !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('/') < 0
				&& name.indexOf('\\') < 0 && name.indexOf('\0') < 0 && name.indexOf(':') < 0
				&& segment.parameters().isEmpty();
		return plain ? name : null;
	}

	private Resolution check(Path file) throws IOException {
		Path realRoot = this.root.toRealPath();
		Path real = file.toRealPath();
		if (!real.startsWith(realRoot) || isHidden(realRoot.relativize(real)) || isHidden(this.root.relativize(file))) {
			return Resolution.FORBIDDEN;
		}
		return new Resolution(real);
	}

	private boolean isHidden(Path relative) {
		for (Path name : relative) {
			for (PathMatcher matcher : this.hidden) {
				if (matcher.matches(name)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * What a URL path leads to.
	 *
	 * @param script real path of the script, null if there is none
	 */
	record Resolution(@Nullable Path script) {

		/**
		 * No file: others may know the path.
		 */
		static final Resolution NOTHING = new Resolution(null);

		/**
		 * A file that must not be run, nor shown by others.
		 */
		static final Resolution FORBIDDEN = new Resolution(null);

	}

}
