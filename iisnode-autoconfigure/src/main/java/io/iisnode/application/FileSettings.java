package io.iisnode.application;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Files that are served beside an application.
 *
 * @param staticLocations resource locations of Spring, or folders relative to that of the
 * script, whose files are served first (<code>static-locations</code>)
 * @param cachePeriod how long clients may keep them without asking
 * (<code>static-cache-period</code>); null: they ask each time
 * @param accelLocations folders, relative to that of the script, whose files the
 * application may hand off (<code>accel-locations</code>); empty: none
 */
public record FileSettings(List<String> staticLocations, @Nullable Duration cachePeriod, List<String> accelLocations) {

	/**
	 * No files.
	 */
	public static final FileSettings NONE = new FileSettings(List.of(), null, List.of());

	/**
	 * A scheme has two letters or more; one letter is a drive of Windows.
	 */
	private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public FileSettings {
		staticLocations = staticLocations.stream().map(String::strip).toList();
		accelLocations = accelLocations.stream().map(String::strip).toList();
		if (staticLocations.contains("")) {
			throw new IllegalArgumentException("static-locations has an empty location");
		}
		for (String location : accelLocations) {
			if (location.isEmpty() || URL.matcher(location).matches()) {
				throw new IllegalArgumentException("accel-locations has '" + location + "', which is not a folder");
			}
		}
		if (cachePeriod != null && cachePeriod.isNegative()) {
			throw new IllegalArgumentException("static-cache-period must not be negative, but is " + cachePeriod);
		}
	}

	/**
	 * Refuses folders that would serve the source of an application. Blocks for file
	 * system calls.
	 * @param script its entry file
	 * @throws IllegalArgumentException if a folder contains the script
	 */
	public void check(Path script) {
		this.staticLocations.forEach((location) -> check("static-locations", location, script));
		this.accelLocations.forEach((location) -> check("accel-locations", location, script));
	}

	private static void check(String setting, String location, Path script) {
		Path folder = folder(script, location);
		if (folder != null) {
			check(setting, location, folder, script);
		}
	}

	/**
	 * Refuses a folder that would serve the source of an application. Blocks for file
	 * system calls.
	 * @param setting name of the setting
	 * @param location the location that it has
	 * @param folder the folder which that is
	 * @param script entry file of the application
	 * @throws IllegalArgumentException if the folder contains the script
	 */
	public static void check(String setting, String location, Path folder, Path script) {
		if (containsScript(folder, script)) {
			throw new IllegalArgumentException(setting + " has '" + location
					+ "', which contains the script of the application and would serve its source");
		}
	}

	/**
	 * Whether to serve a folder would serve the source of an application. Blocks for file
	 * system calls.
	 * @param folder the folder
	 * @param script entry file of the application
	 * @return whether it contains the script, links followed
	 */
	public static boolean containsScript(Path folder, Path script) {
		Path real = real(folder);
		return script.startsWith(folder) || real(script).startsWith(real)
				|| real(script.resolveSibling(".")).startsWith(real);
	}

	/**
	 * What is not there is compared as it is written.
	 */
	private static Path real(Path path) {
		try {
			return path.toRealPath();
		}
		catch (IOException ex) {
			return path.toAbsolutePath().normalize();
		}
	}

	/**
	 * The folder of the file system that a location means.
	 * @param script the entry file of the application
	 * @param location the location
	 * @return its absolute path; null if it is a location of Spring
	 */
	public static @Nullable Path folder(Path script, String location) {
		return URL.matcher(location).matches() ? null : script.resolveSibling(location).normalize();
	}

}
