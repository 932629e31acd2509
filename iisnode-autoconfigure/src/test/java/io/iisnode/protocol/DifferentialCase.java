package io.iisnode.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One request, in a form that can be sent over each version of HTTP.
 *
 * @param name what it is about; unique
 * @param method the method
 * @param target the request target
 * @param fields lines of header fields, without Host and what frames the body
 * @param framing how the body is framed
 * @param body the body
 * @param trailers lines of trailer fields
 * @param versions over which it is sent
 */
record DifferentialCase(String name, String method, String target, List<String> fields, Framing framing, byte[] body,
		List<String> trailers, Set<Http> versions) {

	private static final int CHUNK = 7001;

	static DifferentialCase of(String name, String method, String target) {
		return new DifferentialCase(name, method, target, List.of(), Framing.NONE, new byte[0], List.of(),
				EnumSet.allOf(Http.class));
	}

	/**
	 * A GET that is answered by a piece of JavaScript, which sees req, res, and the body.
	 */
	static DifferentialCase answered(String name, String script) {
		return of(name, "GET", "/answer").answeredBy(script);
	}

	DifferentialCase answeredBy(String script) {
		String code = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.ISO_8859_1));
		return with("X-Do: " + code);
	}

	DifferentialCase with(String... lines) {
		List<String> all = new ArrayList<>(this.fields);
		all.addAll(List.of(lines));
		return new DifferentialCase(this.name, this.method, this.target, List.copyOf(all), this.framing, this.body,
				this.trailers, this.versions);
	}

	DifferentialCase body(Framing how, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) (i * 31 >> 3);
		}
		return new DifferentialCase(this.name, this.method, this.target, this.fields, how, bytes, this.trailers,
				this.versions);
	}

	DifferentialCase trailers(String... lines) {
		return new DifferentialCase(this.name, this.method, this.target, this.fields, this.framing, this.body,
				List.of(lines), this.versions);
	}

	/**
	 * Not over a version that has no such thing.
	 */
	DifferentialCase not(Http version) {
		Set<Http> rest = EnumSet.copyOf(this.versions);
		rest.remove(version);
		return new DifferentialCase(this.name, this.method, this.target, this.fields, this.framing, this.body,
				this.trailers, rest);
	}

	boolean isFor(Http version) {
		return this.versions.contains(version) && (version != Http.HTTP_1_0 || this.framing != Framing.CHUNKED);
	}

	boolean isHead() {
		return this.method.equals("HEAD");
	}

	/**
	 * The request in the form of HTTP/1.
	 */
	byte[] bytes(Http version) {
		StringBuilder text = new StringBuilder();
		text.append(this.method)
			.append(' ')
			.append(this.target)
			.append((version == Http.HTTP_1_0) ? " HTTP/1.0" : " HTTP/1.1");
		text.append("\r\nHost: test.example\r\n");
		this.fields.forEach((line) -> text.append(line).append("\r\n"));
		if (this.framing == Framing.LENGTH) {
			text.append("Content-Length: ").append(this.body.length).append("\r\n");
		}
		if (this.framing == Framing.CHUNKED) {
			text.append("Transfer-Encoding: chunked\r\n");
		}
		text.append("\r\n");
		String content = new String(this.body, StandardCharsets.ISO_8859_1);
		if (this.framing == Framing.CHUNKED) {
			for (int i = 0; i < content.length(); i += CHUNK) {
				text.append(Wire.chunk(content.substring(i, Math.min(content.length(), i + CHUNK))));
			}
			text.append("0\r\n");
			this.trailers.forEach((line) -> text.append(line).append("\r\n"));
			text.append("\r\n");
		}
		else {
			text.append(content);
		}
		return text.toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	/**
	 * The header fields in the form of HTTP/2.
	 */
	List<String> http2Fields() {
		List<String> lines = new ArrayList<>(List.of(":method: " + this.method, ":scheme: http",
				":authority: test.example", ":path: " + this.target));
		this.fields.forEach((line) -> lines.add(lowerCaseName(line)));
		if (this.framing == Framing.LENGTH) {
			lines.add("content-length: " + this.body.length);
		}
		return lines;
	}

	List<String> http2Trailers() {
		return this.trailers.stream().map(DifferentialCase::lowerCaseName).toList();
	}

	static String lowerCaseName(String line) {
		int colon = line.indexOf(':');
		return line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon);
	}

	/**
	 * How a body is framed over HTTP/1.1.
	 */
	enum Framing {

		NONE, LENGTH, CHUNKED

	}

	/**
	 * How a client speaks.
	 */
	enum Http {

		HTTP_1_0, HTTP_1_1, HTTP_2

	}

}
