package io.iisnode.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

import io.iisnode.protocol.DifferentialCase.Http;

/**
 * What differs between an answer of node and the same through us, as
 * <code>docs/http.md</code> lists it, in the same order. Each makes the lines of both
 * equal in one respect.
 */
enum DocumentedDifference {

	CONNECTION_FIELDS_OF_RESPONSES("Fields of one connection in responses") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			Set<String> named = named("field connection: ", direct);
			direct.removeIf((line) -> isField("field ", line, named));
			through.removeIf((line) -> isField("field ", line, CONNECTION_FIELDS));
		}
	},

	FRAMING_OF_RESPONSES("How the end of a response is told") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			Predicate<String> length = (line) -> isField("field ", line, Set.of("content-length"));
			if (direct.stream().noneMatch(length)) {
				through.removeIf(length);
			}
			Predicate<String> coding = (line) -> isField("field ", line, Set.of("transfer-encoding"));
			direct.removeIf(coding);
			through.removeIf(coding);
		}
	},

	CONNECTION_FIELDS_OF_REQUESTS("Fields of one connection in requests") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			Set<String> named = named("seen-field connection: ", direct);
			direct.removeIf((line) -> isField("seen-field ", line, named));
			through.removeIf((line) -> isField("seen-field ", line, Set.of("connection")));
		}
	},

	FRAMING_OF_REQUESTS("How the end of a request is told") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			Predicate<String> coding = (line) -> isField("seen-field ", line, Set.of("transfer-encoding"));
			if (direct.removeIf(coding)) {
				through.removeIf(coding);
			}
		}
	},

	VERSION_OF_REQUESTS("The version that node sees") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			direct.replaceAll((line) -> line.equals("seen HTTP/1.0") ? "seen HTTP/1.1" : line);
		}
	},

	ABSOLUTE_TARGETS("Absolute targets") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (one.target().startsWith("http")) {
				String path = one.target().replaceFirst("https?://[^/?]*", "");
				String seen = "seen " + one.method() + " " + one.target();
				direct.replaceAll((line) -> line.equals(seen)
						? "seen " + one.method() + " " + (path.startsWith("/") ? path : "/" + path) : line);
			}
		}
	},

	TARGETS_BEYOND_ASCII("Targets with bytes beyond ASCII") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (one.target().chars().anyMatch((c) -> c > '~' + 1) && direct.contains("status 400")
					&& through.contains("seen GET " + escaped(one.target()))) {
				direct.clear();
				through.clear();
			}
		}
	},

	REFUSALS("Pages of refused requests") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (direct.contains("status 400") && through.contains("status 400") && direct.contains("body 0 ")) {
				direct.clear();
				through.clear();
			}
		}
	},

	NO_RESPONSE("A process that does not answer") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (direct.equals(List.of("end closed without a response")) && through.contains("status 502")) {
				direct.clear();
				through.clear();
			}
		}
	},

	NO_BODY("Bodies and lengths where there can be none") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (direct.contains("status 204")) {
				direct.removeIf((line) -> isField("field ", line, Set.of("content-length")));
			}
			if (direct.contains("status 205")) {
				direct.replaceAll((line) -> line.startsWith("body ") ? "body 0 " : line);
				direct.removeIf((line) -> isField("field ", line, Set.of("content-length")));
				through.removeIf((line) -> isField("field ", line, Set.of("content-length")));
			}
		}
	},

	BLANKS("Blanks around values") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			direct.replaceAll(DocumentedDifference::withoutBlanks);
			through.replaceAll(DocumentedDifference::withoutBlanks);
		}
	},

	FORBIDDEN_TRAILERS("Trailers that must not be") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			direct.removeIf((line) -> isField("trailer ", line, Set.of("content-length", "content-type")));
		}
	},

	HTTP10_INTERIM("HTTP/1.0: no interim responses") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_1_0) {
				direct.removeIf((line) -> line.startsWith("interim"));
			}
		}
	},

	HTTP10_EXPECT("HTTP/1.0: no expectations") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_1_0) {
				direct.removeIf((line) -> isField("seen-field ", line, Set.of("expect")));
			}
		}
	},

	HTTP2_LOWER_CASE("HTTP/2: names in lower case") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_2) {
				direct.replaceAll(DocumentedDifference::lowerCaseName);
				through.replaceAll(DocumentedDifference::lowerCaseName);
			}
		}
	},

	HTTP2_LENGTH_LAST("HTTP/2: Content-Length is the last field") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_2) {
				// Netty does that when it reads, in the client of the test too.
				moveToEnd("field ", direct);
				moveToEnd("field ", through);
				moveToEnd("seen-field ", direct);
				moveToEnd("seen-field ", through);
			}
		}
	},

	HTTP2_NO_REASON("HTTP/2: no reason phrases") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_2) {
				direct.removeIf((line) -> line.startsWith("reason"));
				direct.replaceAll((line) -> line.startsWith("interim ") ? line.substring(0, 12) : line);
			}
		}
	},

	HTTP2_COOKIES("HTTP/2: one Cookie, at the end") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_2) {
				onlyCookie(direct);
				onlyCookie(through);
			}
		}
	},

	HTTP2_TRAILER_FIELD("HTTP/2: no Trailer in requests") {
		@Override
		void settle(DifferentialCase one, Http version, List<String> direct, List<String> through) {
			if (version == Http.HTTP_2) {
				direct.removeIf((line) -> isField("seen-field ", line, Set.of("trailer")));
			}
		}
	};

	private static final Set<String> CONNECTION_FIELDS = Set.of("connection", "keep-alive", "proxy-connection", "te",
			"upgrade");

	private final String title;

	DocumentedDifference(String title) {
		this.title = title;
	}

	/**
	 * What stands in the document.
	 */
	String title() {
		return this.title;
	}

	/**
	 * Makes the lines equal in one respect.
	 * @param one the request
	 * @param version how it was sent to us
	 * @param direct what the answer of node was; changed
	 * @param through what ours was; changed
	 */
	abstract void settle(DifferentialCase one, Http version, List<String> direct, List<String> through);

	private static boolean isField(String label, String line, Set<String> names) {
		int colon = line.indexOf(':');
		return line.startsWith(label) && colon > 0
				&& names.contains(line.substring(label.length(), colon).toLowerCase(Locale.ROOT));
	}

	/**
	 * The fields of one connection, and those that are named as such.
	 */
	private static Set<String> named(String label, List<String> lines) {
		Set<String> names = new HashSet<>(CONNECTION_FIELDS);
		for (String line : lines) {
			if (line.regionMatches(true, 0, label, 0, label.length())) {
				for (String name : line.substring(label.length()).split(",")) {
					names.add(name.strip().toLowerCase(Locale.ROOT));
				}
			}
		}
		return names;
	}

	private static String withoutBlanks(String line) {
		if (line.startsWith("field ")) {
			return line.replaceFirst(":[ \t]*", ": ").stripTrailing();
		}
		return line.startsWith("reason ") ? line.stripTrailing() : line;
	}

	private static String lowerCaseName(String line) {
		int colon = line.indexOf(':');
		boolean field = line.matches("(field|interim-field|seen-field|trailer|seen-trailer) .*");
		return field ? line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon) : line;
	}

	private static void moveToEnd(String label, List<String> lines) {
		List<String> moved = lines.stream().filter((line) -> isField(label, line, Set.of("content-length"))).toList();
		lines.removeAll(moved);
		lines.addAll(moved);
	}

	private static void onlyCookie(List<String> lines) {
		String label = "seen-field cookie: ";
		List<String> cookies = new ArrayList<>();
		lines.removeIf((line) -> line.startsWith(label) && cookies.add(line.substring(label.length())));
		if (!cookies.isEmpty()) {
			lines.add(label + String.join("; ", cookies));
		}
	}

	private static String escaped(String target) {
		StringBuilder escaped = new StringBuilder();
		target.chars()
			.forEach((c) -> escaped.append((c > '~') ? String.format("%%%02X", c) : String.valueOf((char) c)));
		return escaped.toString();
	}

}
