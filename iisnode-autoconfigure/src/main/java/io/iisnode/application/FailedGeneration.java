package io.iisnode.application;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.iisnode.process.ProcessStartException;

/**
 * A generation that did not start, so that the one before it goes on serving: a broken
 * deployment, for example.
 *
 * @param generation its number
 * @param at when it was given up
 * @param message why
 * @param lastWords the end of what its process wrote to stderr, may be empty
 */
public record FailedGeneration(int generation, Instant at, String message, String lastWords) {

	static FailedGeneration of(int generation, @Nullable ProcessStartException failure) {
		return new FailedGeneration(generation, Instant.now(),
				(failure != null) ? String.valueOf(failure.getMessage())
						: "Its processes ended before it could take over",
				(failure != null) ? failure.lastWords() : "");
	}

}
