package io.iisnode.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.FileSettings;

/**
 * Files that an application may tell the host to send in its place, by
 * <code>X-Accel-Redirect</code>. Thread-safe.
 */
final class HandedOffFiles {

	private final List<Path> folders = new ArrayList<>();

	private final HiddenNames hidden;

	private final Path script;

	private HandedOffFiles(ApplicationDefinition definition, HiddenNames hidden) {
		this.hidden = hidden;
		this.script = definition.script();
		for (String location : definition.settings().files().accelLocations()) {
			Path folder = FileSettings.folder(this.script, location);
			if (folder != null) {
				FileSettings.check("accel-locations", location, folder, this.script);
				this.folders.add(folder);
			}
		}
	}

	/**
	 * The files of an application.
	 * @param definition the application
	 * @param hidden names that are never served
	 * @return null if it may hand off none
	 * @throws IllegalArgumentException if a folder contains the script
	 */
	static @Nullable HandedOffFiles of(ApplicationDefinition definition, HiddenNames hidden) {
		HandedOffFiles files = new HandedOffFiles(definition, hidden);
		return files.folders.isEmpty() ? null : files;
	}

	/**
	 * Finds a file. Blocks for file system calls.
	 * @param value what the application wrote: a path below one of the folders, in which
	 * characters may be escaped as in a URL
	 * @return the file
	 * @throws FileNotServedException if there is none, or nobody may see it
	 */
	Path find(String value) {
		try {
			String name = StringUtils.uriDecode(value, StandardCharsets.UTF_8);
			while (name.startsWith("/")) {
				name = name.substring(1);
			}
			for (Path folder : this.folders) {
				Path file = name.isEmpty() ? null : within(folder, name);
				if (file != null) {
					return file;
				}
			}
		}
		catch (IllegalArgumentException | IOException ex) {
			throw new FileNotServedException(value, ex);
		}
		throw new FileNotServedException(value, null);
	}

	/**
	 * A file, if its name leads to one in the folder, links resolved.
	 */
	private @Nullable Path within(Path folder, String name) throws IOException, InvalidPathException {
		Path file = folder.resolve(name).normalize();
		// A link may have been changed since the start.
		if (name.indexOf('\\') >= 0 || !file.startsWith(folder) || !Files.isRegularFile(file)
				|| FileSettings.containsScript(folder, this.script)) {
			return null;
		}
		Path real = file.toRealPath();
		Path realFolder = folder.toRealPath();
		return (real.startsWith(realFolder) && !this.hidden.hide(realFolder.relativize(real))) ? real : null;
	}

}
