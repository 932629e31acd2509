package io.iisnode.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.iisnode.application.FailedGeneration;

/**
 * A generation that did not start, as the endpoint describes it.
 *
 * @param generation its number
 * @param at when it was given up, as ISO 8601 tells a time
 * @param message why
 * @param lastWords the last lines of what its process wrote to stderr
 */
public record FailedGenerationDescriptor(int generation, String at, String message, List<String> lastWords) {

	static @Nullable FailedGenerationDescriptor of(@Nullable FailedGeneration failed) {
		return (failed != null) ? new FailedGenerationDescriptor(failed.generation(), failed.at().toString(),
				failed.message(), failed.lastWords().stripTrailing().lines().toList()) : null;
	}

}
