package io.iisnode.benchmarks.torture;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.iisnode.benchmarks.torture.Load.Kind;
import io.iisnode.benchmarks.torture.Load.Tally;

/**
 * What a run has counted, as a page of the documentation.
 */
final class Report {

	private static final String INTRODUCTION = """
			# Reliability

			<!-- Written by TortureTests of iisnode-benchmarks. To write it anew, from the root of the project:
			mvn -pl iisnode-benchmarks -am -Ptorture -Dtest=TortureTests -Dsurefire.failIfNoSpecifiedTests=false test -->

			Clients use an application without a pause while it, or one of its processes, is replaced, in turn, for
			every reason there is.
			They repeat nothing: whatever is not answered with status 200 and the whole of the right body is a
			failure. The application has two processes; four clients send small requests, two send uploads of up
			to 200 kB, two read responses that take 0.4 s, two read streams of events.

			""";

	private final Load load;

	private final Map<String, Integer> fired;

	private final String steady;

	private final String kill;

	private final Set<String> waiting;

	private final Predicate<Load.Failure> killed;

	/**
	 * Creates the report.
	 * @param waiting reasons that do not count for the times
	 * @param killed whether a failure belongs to a process that was killed
	 */
	Report(Load load, Map<String, Integer> fired, String steady, String kill, Set<String> waiting,
			Predicate<Load.Failure> killed) {
		this.load = load;
		this.fired = fired;
		this.steady = steady;
		this.kill = kill;
		this.waiting = waiting;
		this.killed = killed;
	}

	String text() {
		StringBuilder text = new StringBuilder(INTRODUCTION);
		text.append("Machine: ").append(Runtime.getRuntime().availableProcessors()).append(" processors, ");
		text.append(System.getProperty("os.name")).append(", Java ").append(Runtime.version().feature());
		text.append(".\n\n## Requests and failures\n\n");
		text.append("| reason | times | requests meanwhile | failed | streams ended in order | streams cut |\n");
		text.append("|---|---|---|---|---|---|\n");
		row(text, this.steady, "none", 0);
		this.fired.forEach((name, times) -> row(text, name, name, times));
		text.append("""

				All but the last reason are planned. A limit replaces one process; there the limits are 500 requests,
				2 s, 160 MB, 1.5 s (the event loop is blocked for 2.5 s) and 0.4 s, each in an application of its own;
				some strike more often than counted. For `idle-process-timeout` the requests pause and come again at
				about the moment at which the processes end.

				A stream of events never ends by itself. When its process has to end, it is ended in order near the
				end of `graceful-shutdown-timeout`, and the client connects again; that is no failure. The streams
				are always those of the application without limits. Each request that failed tells its process; those
				of the last row are of the processes that were killed.

				## Response times

				In milliseconds, of the requests that did not fail. Those that had to wait for a process that was
				blocked, killed or ended because it was idle are left out.

				| requests | mean, no recycle | mean, recycling | longest, no recycle | longest, recycling |
				|---|---|---|---|---|
				""");
		for (Kind kind : Kind.values()) {
			if (kind != Kind.EVENTS) {
				times(text, kind);
			}
		}
		return text.toString();
	}

	private void row(StringBuilder text, String phase, String name, int times) {
		long count = 0;
		for (Kind kind : Kind.values()) {
			count += (kind != Kind.EVENTS) ? this.load.tally(phase, kind).count() : 0;
		}
		long failed = failures(phase, false);
		text.append(String.format("| %s | %d | %d | %d | %d | %d |%n", name, times, count + failed, failed,
				this.load.tally(phase, Kind.EVENTS).count(), failures(phase, true)));
	}

	private long failures(String phase, boolean events) {
		return this.load.failures()
			.stream()
			.filter((failure) -> (failure.kind() == Kind.EVENTS) == events)
			.filter((failure) -> phase.equals(this.killed.test(failure) ? this.kill : failure.phase()))
			.count();
	}

	private void times(StringBuilder text, Kind kind) {
		double sum = 0;
		long count = 0;
		double longest = 0;
		for (String name : this.fired.keySet()) {
			if (!this.waiting.contains(name)) {
				Tally tally = this.load.tally(name, kind);
				sum += tally.meanMillis() * tally.count();
				count += tally.count();
				longest = Math.max(longest, tally.longestMillis());
			}
		}
		Tally quiet = this.load.tally(this.steady, kind);
		text.append(
				String.format(Locale.ROOT, "| %s | %.1f | %.1f | %.0f | %.0f |%n", kind.name().toLowerCase(Locale.ROOT),
						quiet.meanMillis(), (count > 0) ? sum / count : 0, quiet.longestMillis(), longest));
	}

}
