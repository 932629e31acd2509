package io.iisnode.compatibility;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/**
 * The same questions, asked in GraphQL.
 */
final class GraphQlSite extends Site {

	private static final String BOUNDARY = "part-of-the-upload";

	GraphQlSite(String url) {
		super(url);
	}

	@Override
	HttpRequest echo(String text) {
		return query("mutation { echo(text: \\\"" + text + "\\\") }").build();
	}

	/**
	 * By the specification of multipart requests that most servers share.
	 */
	@Override
	HttpRequest upload(byte[] content) {
		ByteArrayOutputStream body = new ByteArrayOutputStream(content.length + 1024);
		body.writeBytes(part("operations", "",
				"""
						{"query":"mutation($file: File!) { upload(file: $file) { size sha256 } }","variables":{"file":null}}"""));
		body.writeBytes(part("map", "", """
				{"0":["variables.file"]}"""));
		body.writeBytes(part("0", "; filename=\"file.bin\"\r\nContent-Type: application/octet-stream", ""));
		body.writeBytes(content);
		body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
		return request("/graphql").header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
			.POST(BodyPublishers.ofByteArray(body.toByteArray()))
			.build();
	}

	private static byte[] part(String name, String further, String content) {
		String start = "\r\n--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + further
				+ "\r\n\r\n" + content;
		return ("operations".equals(name) ? start.substring(2) : start).getBytes(StandardCharsets.US_ASCII);
	}

	@Override
	HttpRequest stream() {
		return query("subscription { chunks(count: 3) }").header("Accept", "text/event-stream").build();
	}

	/**
	 * An error of a field is one in the answer.
	 */
	@Override
	HttpRequest fail() {
		return query("{ fail }").build();
	}

	private HttpRequest.Builder query(String query) {
		return post("/graphql", "application/json", "{\"query\":\"" + query + "\"}");
	}

}
