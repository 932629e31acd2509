package io.iisnode.web;

import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

import io.iisnode.application.NodeApplication;
import io.iisnode.process.ProcessStartException;

/**
 * The page that people see. Everything in it is escaped.
 */
final class ErrorPage {

	private ErrorPage() {
	}

	static String render(ErrorResponse error, @Nullable NodeApplication application, boolean details) {
		String title = error.status().value() + " " + error.status().getReasonPhrase();
		StringBuilder page = new StringBuilder(512);
		page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>")
			.append(escape(title))
			.append("</title></head>\n<body>\n<h1>")
			.append(escape(title))
			.append("</h1>\n<p>")
			.append(escape(error.reason()))
			.append("</p>\n");
		if (details && application != null) {
			appendDetails(page, error.cause(), application);
		}
		return page.append("</body>\n</html>\n").toString();
	}

	private static void appendDetails(StringBuilder page, Throwable cause, NodeApplication application) {
		page.append("<dl>\n");
		appendTerm(page, "Application", application.name());
		appendTerm(page, "Script", application.definition().script().toString());
		appendTerm(page, "Cause", ErrorResponse.describe(cause));
		if (cause instanceof ProcessStartException start) {
			if (start.commandLine() != null) {
				appendTerm(page, "Command line", start.commandLine());
			}
			if (start.exitCode() != null) {
				appendTerm(page, "Exit code", start.exitCode().toString());
			}
			if (!start.lastWords().isBlank()) {
				page.append("<dt>The end of stderr</dt><dd><pre>")
					.append(escape(start.lastWords()))
					.append("</pre></dd>\n");
			}
		}
		page.append("</dl>\n<p>These details are shown because iisnode.dev-errors-enabled is on.</p>\n");
	}

	private static void appendTerm(StringBuilder page, String term, String text) {
		page.append("<dt>").append(term).append("</dt><dd>").append(escape(text)).append("</dd>\n");
	}

	private static String escape(String text) {
		return HtmlUtils.htmlEscape(text);
	}

}
