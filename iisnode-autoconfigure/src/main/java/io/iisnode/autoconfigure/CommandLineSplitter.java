package io.iisnode.autoconfigure;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line into the executable and its arguments. Blanks separate; double
 * quotes keep blanks together and may stand anywhere in an argument. A backslash is an
 * ordinary character, as Windows paths need it, except before a double quote that shall
 * be part of the argument.
 */
final class CommandLineSplitter {

	private final String line;

	private final List<String> arguments = new ArrayList<>();

	private final StringBuilder argument = new StringBuilder();

	private boolean inArgument;

	private boolean inQuotes;

	private CommandLineSplitter(String line) {
		this.line = line;
	}

	/**
	 * Splits a command line.
	 * @param line the command line
	 * @return its parts; empty if the line is blank
	 * @throws IllegalArgumentException if a quote is not closed
	 */
	static List<String> split(String line) {
		return new CommandLineSplitter(line).split();
	}

	private List<String> split() {
		for (int i = 0; i < this.line.length(); i++) {
			char character = this.line.charAt(i);
			if (character == '\\' && i + 1 < this.line.length() && this.line.charAt(i + 1) == '"') {
				append('"');
				i++;
			}
			else if (character == '"') {
				this.inQuotes = !this.inQuotes;
				this.inArgument = true;
			}
			else if (Character.isWhitespace(character) && !this.inQuotes) {
				endArgument();
			}
			else {
				append(character);
			}
		}
		if (this.inQuotes) {
			throw new IllegalArgumentException("it has a double quote that is not closed: " + this.line);
		}
		endArgument();
		return this.arguments;
	}

	private void append(char character) {
		this.argument.append(character);
		this.inArgument = true;
	}

	private void endArgument() {
		if (this.inArgument) {
			this.arguments.add(this.argument.toString());
			this.argument.setLength(0);
			this.inArgument = false;
		}
	}

}
