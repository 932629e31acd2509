package io.iisnode.application;

import java.net.URI;
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
	 * Refuses locations that would serve the source of an application.
	 * @param script its entry file
	 * @throws IllegalArgumentException if a location contains the script
	 */
	public void check(Path script) {
		for (String location : this.staticLocations) {
			Path folder = folder(script, location);
			if (folder != null && script.startsWith(folder)) {
				throw new IllegalArgumentException("static-locations has '" + location
						+ "', which contains the script of the application and would serve its source");
			}
		}
		for (String location : this.accelLocations) {
			Path folder = folder(script, location);
			if (folder != null && script.startsWith(folder)) {
				throw new IllegalArgumentException("accel-locations has '" + location
						+ "', which contains the script of the application and would serve its source");
			}
		}
	}

	/**
	 * The folder of the file system that a location means.
	 * @param script the entry file of the application
	 * @param location the location
	 * @return its absolute path; null if it is a location of another kind
	 */
	public static @Nullable Path folder(Path script, String location) {
		if (!URL.matcher(location).matches()) {
			return script.resolveSibling(location).normalize();
		}
		if (location.startsWith("file:/")) {
			return Path.of(URI.create(location)).normalize();
		}
		return null;
	}

}
