package io.iisnode.web;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.ApplicationSettings;
import io.iisnode.application.NodeApplication;
import io.iisnode.process.ProcessStartException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * The page that people see.
 */
class ErrorPageTests {

	private static final String MARKUP = "<script>alert('\"&')</script>";

	private static final String ESCAPED = "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;";

	@Test
	void everythingIsEscaped() {
		ProcessStartException failure = new ProcessStartException("message " + MARKUP, false, "command " + MARKUP, 1,
				"words " + MARKUP, null);
		String page = ErrorPage.render(ErrorResponse.of(failure), application("name " + MARKUP, "script " + MARKUP),
				true);
		assertThat(page).doesNotContain("<script")
			.contains("name " + ESCAPED, "message " + ESCAPED, "command " + ESCAPED, "words " + ESCAPED)
			.contains("&lt;script&gt;alert(");
	}

	@Test
	void detailsStayOutUnlessAskedFor() {
		ProcessStartException failure = new ProcessStartException("message", false, "command", 1, "words", null);
		String page = ErrorPage.render(ErrorResponse.of(failure), application("name", "script"), false);
		assertThat(page).contains("503 Service Unavailable", "The application fails to start.")
			.doesNotContain("message", "command", "words", "name", "script", "<dl>");
	}

	@Test
	void withoutApplicationThereAreNoDetails() {
		assertThat(ErrorPage.render(ErrorResponse.of(new IllegalStateException("message")), null, true))
			.doesNotContain("message", "<dl>");
	}

	@Test
	void unknownDetailsAreLeftOut() {
		assertThat(details(new ProcessStartException("message", false, null, null, " ", null))).contains("message")
			.doesNotContain("Command line", "Exit code", "stderr", "null");
		assertThat(details(new IllegalStateException())).contains("IllegalStateException").doesNotContain("null");
	}

	@Test
	void linesOfStderrStayLines() {
		assertThat(details(new ProcessStartException("message", false, null, null, "one\ntwo", null)))
			.contains("<pre>one\ntwo</pre>");
	}

	private static String details(Throwable failure) {
		return ErrorPage.render(ErrorResponse.of(failure), application("name", "script"), true);
	}

	private static @Nullable NodeApplication application(String name, String script) {
		NodeApplication application = Mockito.mock(NodeApplication.class);
		given(application.name()).willReturn(name);
		given(application.definition()).willReturn(new ApplicationDefinition("name", Path.of(script).toAbsolutePath(),
				List.of(), Mockito.mock(ApplicationSettings.class)));
		return application;
	}

}
