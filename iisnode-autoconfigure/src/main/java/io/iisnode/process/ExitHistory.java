package io.iisnode.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * How the last processes of an application ended. Thread-safe and bounded: it keeps 20
 * ends, of each the last 4096 characters of stderr.
 */
@Slf4j
public final class ExitHistory {

	static final int CAPACITY = 20;

	static final int MAX_LAST_WORDS = 4096;

	private final String application;

	private final ExitListener listener;

	private final Deque<ProcessExit> exits = new ArrayDeque<>();

	/**
	 * Why the host ends the processes of a generation, for as many generations as ends
	 * are kept.
	 */
	private final Map<Integer, String> causes = new LinkedHashMap<>();

	/**
	 * Creates an empty history.
	 * @param application name of the application
	 * @param listener hears of each end
	 */
	public ExitHistory(String application, ExitListener listener) {
		this.application = application;
		this.listener = listener;
	}

	/**
	 * Notes why the host ends a generation, for the ends of its processes that follow.
	 * @param generation its number
	 * @param cause why, about the application as "it"
	 */
	public void generationEnds(int generation, String cause) {
		synchronized (this.exits) {
			this.causes.put(generation, cause);
			if (this.causes.size() > CAPACITY) {
				this.causes.remove(this.causes.keySet().iterator().next());
			}
		}
	}

	/**
	 * Why the host ended a generation.
	 */
	@Nullable String causeOf(int generation) {
		synchronized (this.exits) {
			return this.causes.get(generation);
		}
	}

	void add(ProcessExit exit) {
		ProcessExit kept = new ProcessExit(exit.pid(), exit.generation(), exit.reason(), exit.cause(), exit.code(),
				exit.startedAt(), exit.endedAt(), exit.totalRequests(), end(exit.lastWords()));
		synchronized (this.exits) {
			this.exits.addFirst(kept);
			if (this.exits.size() > CAPACITY) {
				this.exits.removeLast();
			}
		}
		try {
			this.listener.exited(this.application, kept);
		}
		catch (RuntimeException ex) {
			log.warn("A listener to the ends of processes of application '{}' failed", this.application, ex);
		}
	}

	/**
	 * The end of a text: whole lines, if there is one.
	 */
	private static String end(String words) {
		if (words.length() <= MAX_LAST_WORDS) {
			return words;
		}
		String end = words.substring(words.length() - MAX_LAST_WORDS);
		int line = end.indexOf('\n');
		return (line >= 0 && line < end.length() - 1) ? end.substring(line + 1) : end;
	}

	/**
	 * The ends that are kept.
	 * @return the latest first
	 */
	public List<ProcessExit> exits() {
		synchronized (this.exits) {
			return List.copyOf(new ArrayList<>(this.exits));
		}
	}

	/**
	 * The latest end that nobody had asked for.
	 * @return null if there was none among those that are kept
	 */
	public @Nullable ProcessExit lastFailure() {
		synchronized (this.exits) {
			return this.exits.stream().filter((exit) -> !exit.isExpected()).findFirst().orElse(null);
		}
	}

}
