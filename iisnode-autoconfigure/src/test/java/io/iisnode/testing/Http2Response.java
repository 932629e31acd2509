package io.iisnode.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;

/**
 * A response as it came over an HTTP/2 stream.
 *
 * @param interim the interim responses, in their order
 * @param status the status code
 * @param headers lines of header fields, without the status, in their order
 * @param bytes the body
 * @param trailers lines of trailer fields
 * @param error code of the reset by which the stream was cut; negative: it ended
 */
public record Http2Response(List<Http2Response> interim, int status, List<String> headers, byte[] bytes,
		List<String> trailers, long error) {

	static Http2Response of(Http2HeadersFrame frame) {
		List<String> lines = Http2Client.lines(frame.headers())
			.stream()
			.filter((line) -> !line.startsWith(":"))
			.toList();
		return new Http2Response(List.of(), Integer.parseInt(frame.headers().status().toString()), lines, new byte[0],
				List.of(), -1);
	}

	static Http2Response read(Http2Client.Stream stream) {
		List<Http2Response> interim = new ArrayList<>();
		Http2Response head = null;
		List<String> trailers = List.of();
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		long error = -1;
		boolean ended = false;
		while (!ended) {
			Http2Frame frame = stream.next();
			if (frame instanceof Http2HeadersFrame headers && headers.headers().status() == null) {
				trailers = Http2Client.lines(headers.headers());
				ended = headers.isEndStream();
			}
			else if (frame instanceof Http2HeadersFrame headers) {
				head = of(headers);
				if (head.status < 200) {
					interim.add(head);
				}
				ended = headers.isEndStream();
			}
			else if (frame instanceof Http2DataFrame data) {
				body.writeBytes(ByteBufUtil.getBytes(data.content()));
				ended = data.isEndStream();
			}
			else if (frame instanceof Http2ResetFrame reset) {
				error = reset.errorCode();
				ended = true;
			}
		}
		return new Http2Response(interim, (head != null) ? head.status : 0, (head != null) ? head.headers : List.of(),
				body.toByteArray(), trailers, error);
	}

	/**
	 * The body as text.
	 */
	public String body() {
		return new String(this.bytes, StandardCharsets.ISO_8859_1);
	}

	/**
	 * The first value of a header field.
	 * @param name the name, in lower case
	 */
	public Optional<String> header(String name) {
		return this.headers.stream()
			.filter((line) -> line.startsWith(name + ": "))
			.map((line) -> line.substring(name.length() + 2))
			.findFirst();
	}

}
