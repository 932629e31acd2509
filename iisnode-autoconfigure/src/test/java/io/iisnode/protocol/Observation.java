package io.iisnode.protocol;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.iisnode.testing.Http2Response;
import io.iisnode.testing.RawClient;
import io.iisnode.testing.RawResponse;

/**
 * All that a client sees of an answer, as lines: <code>interim</code>,
 * <code>interim-field</code>, <code>status</code>, <code>reason</code>,
 * <code>field</code>, <code>body</code>, <code>trailer</code>, <code>end</code>, and what
 * node tells that it has seen. Only the time of the answer is left out.
 */
final class Observation {

	private static final int SHORT = 100;

	private final List<String> lines = new ArrayList<>();

	/**
	 * Reads the next answer.
	 * @return the lines
	 */
	static List<String> of(RawClient client, boolean toHead) {
		Observation observation = new Observation();
		try {
			RawResponse response = toHead ? client.responseToHead() : client.response();
			while (response.status() < 200) {
				observation.interim(response.status() + " " + response.reason(), response.headers());
				response = toHead ? client.responseToHead() : client.response();
			}
			observation.lines.add("status " + response.status());
			observation.lines.add("reason " + response.reason());
			observation.rest(response.headers(), response.bytes(), response.trailers(), response.complete());
		}
		catch (UncheckedIOException ex) {
			observation.lines.add("end closed without a response");
		}
		return observation.lines;
	}

	static List<String> of(Http2Response response) {
		Observation observation = new Observation();
		response.interim().forEach((one) -> observation.interim(one.status() + " ", one.headers()));
		if (response.status() == 0) {
			observation.lines.add("end closed without a response");
			return observation.lines;
		}
		observation.lines.add("status " + response.status());
		observation.rest(response.headers(), response.bytes(), response.trailers(), response.error() < 0);
		return observation.lines;
	}

	private void interim(String status, List<String> fields) {
		this.lines.add("interim " + status);
		fields.forEach((line) -> this.lines.add("interim-field " + line));
	}

	private void rest(List<String> fields, byte[] body, List<String> trailers, boolean complete) {
		boolean echo = fields.stream().anyMatch("Content-Type: text/x-echo"::equalsIgnoreCase);
		for (String line : fields) {
			boolean now = line.matches("(?i)date: .*GMT");
			boolean length = echo && line.matches("(?i)content-length: .*");
			this.lines.add("field " + line.substring(0, line.indexOf(':') + 1)
					+ ((now || length) ? " of this answer" : line.substring(line.indexOf(':') + 1)));
		}
		if (echo) {
			new String(body, StandardCharsets.ISO_8859_1).lines().forEach(this.lines::add);
		}
		else {
			this.lines.add("body " + body.length + " " + digest(body));
		}
		trailers.forEach((line) -> this.lines.add("trailer " + line));
		this.lines.add(complete ? "end complete" : "end cut");
	}

	private static String digest(byte[] body) {
		if (body.length < SHORT) {
			return new String(body, StandardCharsets.ISO_8859_1);
		}
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(body));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
