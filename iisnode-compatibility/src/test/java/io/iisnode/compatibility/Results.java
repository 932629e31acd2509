package io.iisnode.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Writes what each check found to <code>target/compatibility.md</code>.
 */
final class Results implements AfterTestExecutionCallback {

	private static final Path FILE = Path.of("target", "compatibility.md");

	private static final List<String> CHECKS = List.of("page", "asset", "POST", "upload", "stream", "WebSocket",
			"errors", "recycle");

	private static final Map<Framework, Map<NodeRelease, Map<String, String>>> results = new EnumMap<>(Framework.class);

	@Override
	public void afterTestExecution(ExtensionContext context) {
		Check check = context.getRequiredTestMethod().getAnnotation(Check.class);
		if (check != null) {
			Combination combination = ((CompatibilityTests) context.getRequiredTestInstance()).combination();
			boolean failed = context.getExecutionException().isPresent();
			boolean refusal = "WebSocket".equals(check.value())
					&& WebSocketCheck.of(combination.framework()) == WebSocketCheck.NONE;
			add(combination, check.value(), failed ? "FAILS" : refusal ? "has none" : "works");
		}
	}

	private static synchronized void add(Combination combination, String check, String result) {
		results.computeIfAbsent(combination.framework(), (key) -> new LinkedHashMap<>())
			.computeIfAbsent(combination.node(), (key) -> new LinkedHashMap<>())
			.put(check, result);
		write();
	}

	private static void write() {
		StringBuilder table = new StringBuilder(
				"| framework | version | Node.js | " + String.join(" | ", CHECKS) + " |\n");
		table.append("|---".repeat(CHECKS.size() + 3)).append("|\n");
		Combination.all().forEach((combination) -> table.append(row(combination)));
		try {
			Files.writeString(FILE, table);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String row(Combination combination) {
		Framework framework = combination.framework();
		Stream<String> cells;
		if (!combination.exclusions().isEmpty()) {
			cells = Stream.of("not run: " + String.join(", ", combination.exclusions()));
		}
		else {
			Map<String, String> found = results.getOrDefault(framework, Map.of())
				.getOrDefault(combination.node(), Map.of());
			cells = CHECKS.stream().map((check) -> found.getOrDefault(check, "not run"));
		}
		return Stream
			.concat(Stream.of(framework.toString(), Facts.get().versionOf(framework),
					combination.node().version().substring(1)), cells)
			.collect(Collectors.joining(" | ", "| ", " |\n"));
	}

}
