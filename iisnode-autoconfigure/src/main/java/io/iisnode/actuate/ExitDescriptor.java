package io.iisnode.actuate;

import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import io.iisnode.process.ProcessExit;

/**
 * The end of a process as the endpoint describes it.
 *
 * @param pid process id; 0 if it could not be launched
 * @param generation generation of the application that it belonged to
 * @param reason <code>crash</code>, <code>start-failure</code> or <code>recycle</code>
 * @param cause why in words, null if nothing more is known
 * @param expected whether the host had told it to end
 * @param code exit code, -1 if it could not be launched
 * @param signal the signal that ended it, as the exit code tells; null if it was none
 * @param startedAt when it was started, as ISO 8601 tells a time
 * @param endedAt when its end was seen
 * @param totalRequests requests that it had been given
 * @param lastWords the last lines of its stderr
 */
@JsonInclude
public record ExitDescriptor(long pid, int generation, String reason, @Nullable String cause, boolean expected,
		int code, @Nullable Integer signal, String startedAt, String endedAt, long totalRequests,
		List<String> lastWords) {

	static ExitDescriptor of(ProcessExit exit) {
		return new ExitDescriptor(exit.pid(), exit.generation(),
				exit.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'), exit.cause(), exit.isExpected(),
				exit.code(), exit.signal(), exit.startedAt().toString(), exit.endedAt().toString(),
				exit.totalRequests(), exit.lastLines());
	}

}
